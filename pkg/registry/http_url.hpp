#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace registry {

// Who is spoken to; two addresses with equal ones share their credentials.
struct Url {
  std::string scheme;
  std::string host;
  int port = 0;

  friend bool operator==(const Url&, const Url&) = default;
};

// Nothing when it is no address that libcurl would go to.
std::optional<Url> parse_url(const std::string& text);
// Where `location` leads when it is read on the page `from`, without user and password; "" when it
// is no address.
std::string resolve_url(const std::string& from, const std::string& location);
// "https://host:port" of an address: what may be shown of it, since the rest can hold secrets.
std::string origin_of(const std::string& url);
// With "%" for all that is not a letter, a digit or one of -._~
std::string escape_url(std::string_view text);

}  // namespace registry
