#pragma once

#include "pkg/registry/credentials.hpp"

#include <optional>
#include <string>

namespace registry {

// Runs `docker-credential-NAME get` for a server, with 30 s of patience. Nothing: it knows of none.
// Throws base::Error when it fails otherwise; what it printed on standard output is not repeated.
std::optional<Credentials> ask_credential_program(const std::string& name,
                                                  const std::string& server);

// The same with `store` and `erase`. To erase what it does not know is no error.
void store_in_credential_program(const std::string& name, const std::string& server,
                                 const Credentials& credentials);
void erase_in_credential_program(const std::string& name, const std::string& server);

}  // namespace registry
