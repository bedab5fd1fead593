#pragma once

#include "pkg/base/json.hpp"
#include "pkg/home/home.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace registry {

// Who we are to a registry. Never printed, never logged; only `source` is.
struct Credentials {
  std::string user;
  std::string password;
  std::string identity_token;  // in place of a password, for the token server
  std::string source;          // where they are from, for messages: "--creds", a file's name
};

// "user:password" as --creds has it, or the name of a file that shares it (pkg/sys/secret.hpp).
// Throws base::Error without repeating the text.
Credentials parse_credentials(const std::string& text);

// The files to look into, in order: `auth_file` or $REGISTRY_AUTH_FILE alone (then it must exist),
// else those of podman and docker that there are.
std::vector<std::string> find_auth_files(const home::Home& home, const std::string& auth_file);

// "https://index.docker.io/v1/", "registry-1.docker.io" and "docker.io" are one registry.
std::string registry_of_key(std::string_view key);

// What one such file says about a repository ("docker.io", "library/alpine"); the longest key that
// matches wins. May run credential helpers. Throws base::Error when a helper fails.
std::optional<Credentials> find_in_auth_file(const base::Json& file, const std::string& registry,
                                             const std::string& repository);

// From the first file that knows the repository; nothing: anonymous. Files that cannot be read are
// warned of and left out.
std::optional<Credentials> find_credentials(const std::vector<std::string>& files,
                                            const std::string& registry,
                                            const std::string& repository);

}  // namespace registry
