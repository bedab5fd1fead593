#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace registry {

// One way in that a registry offers with status 401; RFC 9110, section 11.6.1.
struct Challenge {
  std::string scheme;                             // in lower case: "bearer", "basic"
  std::map<std::string, std::string> parameters;  // names in lower case: realm, service, scope

  std::string parameter(const std::string& name) const;  // "" when it is missing
};

// The challenges of one WWW-Authenticate field, which may hold several. Never throws: what cannot
// be understood is left out.
std::vector<Challenge> parse_challenges(std::string_view field);

}  // namespace registry
