#pragma once

#include "pkg/home/home.hpp"
#include "pkg/registry/client.hpp"

#include <string>

namespace registry {

// What a user logs in to: "https://quay.io/v1/" is quay.io, "quay.io/team" is itself. Throws
// base::Error for what no image's name could begin with.
std::string parse_login(const std::string& text);

// Asks the registry of `key` whether it lets `access.creds` in; see distribution-spec, "/v2/".
// Throws base::Error when it does not.
void try_login(const home::Home& home, const std::string& key, Access access);

}  // namespace registry
