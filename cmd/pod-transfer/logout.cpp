#include "cmd/pod-transfer/command.hpp"
#include "cmd/pod-transfer/prompt.hpp"
#include "pkg/base/error.hpp"
#include "pkg/registry/auth_file.hpp"
#include "pkg/registry/configuration.hpp"
#include "pkg/registry/credentials.hpp"
#include "pkg/registry/login.hpp"
#include "pkg/sys/process.hpp"

#include <fmt/core.h>

#include <optional>

namespace pod_transfer {
namespace {

// Somebody else's program may have kept it where we only read.
void explain(const home::Home& home, const std::string& key) {
  const std::size_t slash = key.find('/');
  const auto found =
      registry::find_credentials(registry::find_auth_files(home, ""), key.substr(0, slash),
                                 slash == std::string::npos ? "" : key.substr(slash + 1));
  if (!found) throw base::Error("not logged into " + key);
  throw base::Error("not logged into " + key + " there, but the credentials of " + found->source +
                    " are used: log out with --authfile or --compat-auth-file");
}

}  // namespace

int logout(const cli::Arguments& arguments) {
  std::string auth_file;
  std::string compatible_file;
  bool all = false;
  std::optional<std::string> typed;

  cli::Options options("Log out of a registry");
  options.flag("-a,--all", all, "Of all registries that the file knows")
      .value("--authfile", auth_file, "File that keeps the credentials")
      .value("--compat-auth-file", compatible_file, "The same, as docker's config.json")
      .argument("REGISTRY", typed);
  options.parse(arguments);
  if (all && typed) throw base::Error("--all and a registry exclude each other");
  if (!auth_file.empty() && !compatible_file.empty()) {
    throw base::Error("--authfile and --compat-auth-file exclude each other");
  }
  sys::forbid_core_files();

  const home::Home home = home::Home::open();
  const registry::AuthFile file = auth_file_of(home, auth_file, compatible_file);
  if (all) {
    file.erase_all();
    fmt::print("Removed login credentials for all registries\n");
    return 0;
  }
  const auto search = registry::Configuration::read(home).search;
  const std::string usual = search.empty() ? "docker.io" : search.front();
  const std::string key = registry::parse_login(typed.value_or(usual));
  if (!file.erase(key)) explain(home, key);
  fmt::print("Removed login credentials for {}\n", key);
  return 0;
}

}  // namespace pod_transfer
