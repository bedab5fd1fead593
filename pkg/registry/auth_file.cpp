#include "pkg/registry/auth_file.hpp"

#include "pkg/base/base64.hpp"
#include "pkg/base/error.hpp"
#include "pkg/registry/credential_program.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/lock.hpp"

#include <algorithm>
#include <cstdlib>

namespace registry {
namespace {

constexpr const char* kDockerHub = "docker.io";
constexpr const char* kDockerHubKey = "https://index.docker.io/v1/";

std::string folder_of(const std::string& file) {
  const std::size_t slash = file.rfind('/');
  return slash == std::string::npos ? "." : file.substr(0, slash);
}

// The file itself: people keep links to it.
std::string follow(std::string file) {
  for (int hops = 0; hops < 8; ++hops) {
    const auto target = sys::find_link(file);
    if (!target) break;
    file = target->starts_with('/') ? *target : folder_of(file) + "/" + *target;
  }
  return file;
}

// A parser's message could repeat a secret.
base::Json parse(const std::string& text, const std::string& file) try {
  return text.empty() ? base::Json::object() : base::Json::parse(text);
} catch (const base::Error&) {
  throw base::Error("auth file " + file + ": not JSON");
}

base::Json read(const std::string& file) {
  base::Json content = parse(sys::find_file(file).value_or(""), file);
  if (!content.is_object()) throw base::Error("auth file " + file + ": not an object");
  return content;
}

// "quay.io/team" is itself and nothing else; docker.io has many names.
bool is_same(const std::string& written, const std::string& key) {
  if (written == key) return true;
  if (key.find('/') != std::string::npos) return false;
  const bool is_whole =
      written.find("://") != std::string::npos || written.find('/') == std::string::npos;
  return is_whole && registry_of_key(written) == key;
}

base::Json without(const base::Json& object, const std::string& key) {
  base::Json::Object left = object.as_object();
  std::erase_if(left, [&](const auto& member) { return is_same(member.first, key); });
  return left;
}

// Two that log in at once must not lose each other's entry.
sys::Lock lock(const std::string& file) {
  sys::make_dirs(folder_of(file), 0700);
  return sys::Lock::take(folder_of(file));
}

}  // namespace

std::string AuthFile::usual_place(const home::Home& home) {
  const char* named = std::getenv("REGISTRY_AUTH_FILE");
  if (named != nullptr && *named != '\0') return named;
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  const std::string session = runtime != nullptr && *runtime != '\0'
                                  ? std::string(runtime)
                                  : "/run/user/" + std::to_string(home.uid);
  // Without such a folder what podman takes cannot be written: then it lasts.
  const std::string& parent = sys::exists(session) ? session : home.config;
  return parent + "/containers/auth.json";
}

std::string AuthFile::written(const std::string& key) const {
  return kind_ == Kind::Docker && key == kDockerHub ? kDockerHubKey : key;
}

std::string AuthFile::program_for(const base::Json& content, const std::string& key) const {
  for (const auto& [each, program] : content.object_or_none("credHelpers")) {
    if (is_same(each, key)) return program.as_string();
  }
  return key.find('/') == std::string::npos ? content.string_or("credsStore", "") : "";
}

void AuthFile::write(const base::Json& content) const {
  sys::replace_file(follow(file_), content.dump(4) + "\n", 0600);
}

std::optional<Credentials> AuthFile::find(const std::string& key) const {
  if (!sys::exists(file_)) return std::nullopt;
  const std::size_t slash = key.find('/');
  const std::string repository = slash == std::string::npos ? "" : key.substr(slash + 1);
  return find_in_auth_file(read(file_), key.substr(0, slash), repository);
}

void AuthFile::store(const std::string& key, const Credentials& credentials) const {
  const sys::Lock turn = lock(file_);
  base::Json content = read(file_);
  const std::string program = program_for(content, key);
  base::Json entry = base::Json::object();
  if (!program.empty()) {
    store_in_credential_program(program, written(key), credentials);
  } else {
    entry["auth"] = base::base64_encode(credentials.user + ":" + credentials.password);
    if (!credentials.identity_token.empty()) entry["identitytoken"] = credentials.identity_token;
  }
  if (content.find("auths") == nullptr) content["auths"] = base::Json::object();
  content["auths"] = without(content.at("auths"), key);
  content["auths"][written(key)] = entry;  // {} when a program keeps it, as docker has it
  write(content);
}

bool AuthFile::erase(const std::string& key) const {
  if (!sys::exists(file_)) return false;
  const sys::Lock turn = lock(file_);
  base::Json content = read(file_);
  bool was_here = false;
  if (const std::string program = program_for(content, key); !program.empty()) {
    was_here = ask_credential_program(program, written(key)).has_value();
    if (was_here) erase_in_credential_program(program, written(key));
  }
  if (const base::Json* auths = content.find("auths"); auths != nullptr && auths->is_object()) {
    base::Json left = without(*auths, key);
    if (left == *auths) return was_here;
    content["auths"] = std::move(left);
    write(content);
    return true;
  }
  return was_here;
}

void AuthFile::erase_all() const {
  if (!sys::exists(file_)) return;
  const sys::Lock turn = lock(file_);
  base::Json content = read(file_);
  for (const auto& [key, program] : content.object_or_none("credHelpers"))
    erase_in_credential_program(program.as_string(), key);
  if (const std::string store = content.string_or("credsStore", ""); !store.empty()) {
    for (const auto& [key, entry] : content.object_or_none("auths"))
      erase_in_credential_program(store, key);
  }
  content["auths"] = base::Json::object();
  write(content);
}

}  // namespace registry
