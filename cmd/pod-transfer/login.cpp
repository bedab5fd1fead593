#include "pkg/registry/login.hpp"

#include "cmd/pod-transfer/command.hpp"
#include "cmd/pod-transfer/prompt.hpp"
#include "pkg/base/base64.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/registry/auth_file.hpp"
#include "pkg/registry/configuration.hpp"
#include "pkg/sys/process.hpp"
#include "pkg/sys/secret.hpp"

#include <fmt/core.h>

#include <optional>

namespace pod_transfer {
namespace {

using registry::AuthFile;
using registry::Credentials;

struct LoginFlags {
  registry::Access access;
  std::string compatible_file;
  std::optional<std::string> user;
  std::optional<std::string> password;
  bool reads_password = false;
  bool shows_user = false;
  bool is_verbose = false;
  std::optional<std::string> registry;
};

void declare(cli::Options& options, LoginFlags& flags) {
  options.value("--authfile", flags.access.auth_file, "File to keep the credentials in")
      .value("--cert-dir", flags.access.cert_dir, "Folder of the registry's certificates")
      .value("--compat-auth-file", flags.compatible_file, "The same, as docker's config.json")
      .flag("--get-login", flags.shows_user, "Show who is logged in, and nothing else")
      .value("-p,--password", flags.password,
             "Password; others can see it in the list of processes")
      .flag("--password-stdin", flags.reads_password, "Read the password from standard input")
      .flag("--tls-verify", flags.access.tls_verify, "Insist on HTTPS and its certificates")
      .value("-u,--username", flags.user, "User name")
      .flag("-v,--verbose", flags.is_verbose, "Name the file that keeps the credentials")
      .refuse("--secret")
      .argument("REGISTRY", flags.registry);
}

void check(const LoginFlags& flags) {
  if (flags.password && flags.reads_password) {
    throw base::Error("--password and --password-stdin exclude each other");
  }
  if (flags.reads_password && !flags.user) {
    throw base::Error("--password-stdin needs --username");
  }
  if (!flags.access.auth_file.empty() && !flags.compatible_file.empty()) {
    throw base::Error("--authfile and --compat-auth-file exclude each other");
  }
}

// podman's answer to a login without a registry: the first that short names are looked for in.
std::string registry_of(const home::Home& home, const LoginFlags& flags) {
  if (flags.registry) return registry::parse_login(*flags.registry);
  const auto configuration = registry::Configuration::read(home);
  return configuration.search.empty() ? "docker.io" : configuration.search.front();
}

Credentials ask_for(const LoginFlags& flags, const std::optional<Credentials>& known) {
  Credentials typed;
  const std::string usual = known ? known->user : "";
  typed.user =
      flags.user ? *flags.user : ask(usual.empty() ? "Username: " : "Username (" + usual + "): ");
  if (typed.user.empty()) typed.user = usual;
  if (flags.password) {
    typed.password = sys::read_shared(*flags.password);
  } else {
    typed.password = flags.reads_password ? read_secret() : ask_secret("Password: ");
  }
  if (typed.user.empty() || typed.password.empty()) {
    throw base::Error("a user name and a password are needed");
  }
  if (typed.user.find(':') != std::string::npos) {
    throw base::Error("a user name cannot have a colon");
  }
  return typed;
}

bool lets_in(const home::Home& home, const std::string& key, const registry::Access& access) try {
  registry::try_login(home, key, access);
  return true;
} catch (const base::Error&) {
  return false;
}

// Of all files that `pull` looks into.
std::optional<Credentials> find_anywhere(const home::Home& home, const std::string& key) {
  const std::size_t slash = key.find('/');
  return registry::find_credentials(registry::find_auth_files(home, ""), key.substr(0, slash),
                                    slash == std::string::npos ? "" : key.substr(slash + 1));
}

void show_user(const std::string& key, const std::optional<Credentials>& known) {
  if (!known) throw base::Error("not logged into " + key);
  fmt::print("{}\n", known->user.empty() ? "<token>" : known->user);
}

}  // namespace

int login(const cli::Arguments& arguments) {
  LoginFlags flags;
  cli::Options options("Log in to a registry");
  declare(options, flags);
  options.parse(arguments);
  check(flags);
  sys::forbid_core_files();

  const home::Home home = home::Home::open();
  const std::string key = registry_of(home, flags);
  const AuthFile file = auth_file_of(home, flags.access.auth_file, flags.compatible_file);
  const std::optional<Credentials> known = file.find(key);
  if (flags.shows_user) {
    show_user(key, known ? known : find_anywhere(home, key));
    return 0;
  }
  registry::Access access = flags.access;
  access.auth_file.clear();
  if (known && !flags.user && !flags.password && known->identity_token.empty()) {
    fmt::print("Authenticating with existing credentials for {}\n", key);
    access.creds = known->user + ":" + known->password;
    if (lets_in(home, key, access)) {
      fmt::print("Existing credentials are valid. Already logged in to {}\n", key);
      return 0;
    }
    fmt::print("Existing credentials are invalid, please enter valid username and password\n");
  }
  if (flags.password) {
    base::log::warn("--password can be seen by others; --password-stdin cannot");
  }
  const Credentials typed = ask_for(flags, known);
  access.creds = typed.user + ":" + typed.password;
  registry::try_login(home, key, access);
  file.store(key, typed);
  fmt::print("Login Succeeded!\n");
  if (flags.is_verbose) fmt::print("Used: {}\n", file.name());
  return 0;
}

}  // namespace pod_transfer
