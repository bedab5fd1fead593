// See containers-auth.json(5) and docker's config.json.
#include "pkg/registry/credentials.hpp"

#include "pkg/base/base64.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/base/text.hpp"
#include "pkg/registry/credential_program.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/secret.hpp"

#include <cstdlib>
#include <utility>

namespace registry {
namespace {

constexpr std::string_view kDockerHub = "docker.io";
constexpr std::string_view kDockerHubKey = "https://index.docker.io/v1/";

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::optional<Credentials> read_entry(const base::Json& entry) {
  Credentials found = {.user = entry.string_or("username", ""),
                       .password = entry.string_or("password", ""),
                       .identity_token = entry.string_or("identitytoken", ""),
                       .source = ""};
  if (const std::string text = entry.string_or("auth", ""); !text.empty()) {
    const auto decoded = base::base64_decode(text);
    if (!decoded) throw base::Error("member \"auth\" is not base64");
    const auto [user, password] = base::split_once(*decoded, ':');
    if (!password) throw base::Error("member \"auth\" is not USER:PASSWORD");
    found.user = user;
    found.password = password->substr(0, password->find_last_not_of('\0') + 1);
  }
  if (found.identity_token.empty() && (found.user.empty() || found.password.empty())) {
    return std::nullopt;  // docker leaves {} behind when a credential program keeps the secret
  }
  return found;
}

std::optional<Credentials> find_in_auths(const base::Json& file, const std::string& registry,
                                         const std::string& repository) {
  const base::Json::Object& auths = file.object_or_none("auths");
  const auto find = [&auths](const auto& is_wanted) -> std::optional<Credentials> {
    for (const auto& [key, entry] : auths) {
      if (!is_wanted(key)) continue;
      if (auto found = read_entry(entry)) return found;
    }
    return std::nullopt;
  };
  std::string path = registry + "/" + repository;
  while (true) {
    if (auto found = find([&path](const std::string& key) { return key == path; })) return found;
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) break;
    path.resize(slash);
  }
  return find([&registry](const std::string& key) {  // docker's way to write a registry
    const bool is_legacy =
        key.find("://") != std::string::npos || key.find('/') == std::string::npos;
    return is_legacy && registry_of_key(key) == registry;
  });
}

std::optional<base::Json> read_auth_file(const std::string& name) {
  std::string text;
  try {
    text = sys::read_file(name);
  } catch (const base::Error& error) {
    base::log::warn("auth file {}", error.what());
    return std::nullopt;
  }
  try {
    base::Json file = base::Json::parse(text);
    // ~/.dockercfg is the member "auths" alone.
    if (name.ends_with("/.dockercfg")) file = base::Json::object({{"auths", file}});
    return file;
  } catch (const base::Error&) {  // the parser's message could repeat a secret
    base::log::warn("auth file {}: not JSON, left out", name);
    return std::nullopt;
  }
}

}  // namespace

std::string registry_of_key(std::string_view key) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (key.starts_with(scheme)) key.remove_prefix(scheme.size());
  }
  const std::string_view host = key.substr(0, key.find('/'));
  const bool is_hub = host == "index.docker.io" || host == "registry-1.docker.io";
  return std::string(is_hub ? kDockerHub : host);
}

Credentials parse_credentials(const std::string& typed) {
  const std::string text = sys::read_shared(typed);
  const auto [user, password] = base::split_once(text, ':');
  if (user.empty() || !password) throw base::Error("--creds: not USER:PASSWORD");
  return {.user = user, .password = *password, .identity_token = "", .source = "--creds"};
}

std::vector<std::string> find_auth_files(const home::Home& home, const std::string& auth_file) {
  const std::string named = auth_file.empty() ? environment("REGISTRY_AUTH_FILE") : auth_file;
  if (!named.empty()) {
    if (!sys::exists(named)) throw base::Error("auth file " + named + ": no such file");
    return {named};
  }
  const std::string runtime = environment("XDG_RUNTIME_DIR");
  const std::string user_home = environment("HOME");
  const std::string docker = environment("DOCKER_CONFIG");
  const std::string uid = std::to_string(home.uid);
  const std::string candidates[] = {
      runtime.empty() ? "/run/user/" + uid + "/containers/auth.json" : "",
      runtime.empty() ? "/run/containers/" + uid + "/auth.json" : runtime + "/containers/auth.json",
      home.config + "/containers/auth.json",
      docker.empty() ? user_home + "/.docker/config.json" : docker + "/config.json",
      user_home + "/.dockercfg",
  };
  std::vector<std::string> files;
  for (const std::string& file : candidates) {
    if (!file.empty() && sys::exists(file)) files.push_back(file);
  }
  return files;
}

std::optional<Credentials> find_in_auth_file(const base::Json& file, const std::string& registry,
                                             const std::string& repository) {
  for (const auto& [key, program] : file.object_or_none("credHelpers")) {
    if (registry_of_key(key) == registry) return ask_credential_program(program.as_string(), key);
  }
  if (auto found = find_in_auths(file, registry, repository)) return found;
  if (const std::string store = file.string_or("credsStore", ""); !store.empty()) {
    const bool is_hub = registry == kDockerHub;
    return ask_credential_program(store, is_hub ? std::string(kDockerHubKey) : registry);
  }
  return std::nullopt;
}

std::optional<Credentials> find_credentials(const std::vector<std::string>& files,
                                            const std::string& registry,
                                            const std::string& repository) {
  for (const std::string& name : files) {
    const std::optional<base::Json> file = read_auth_file(name);
    if (!file) continue;
    try {
      auto found = find_in_auth_file(*file, registry, repository);
      if (!found) continue;
      if (found->source.empty()) found->source = name;
      return found;
    } catch (base::Error& error) {
      error.during("auth file " + name);
      throw;
    }
  }
  return std::nullopt;
}

}  // namespace registry
