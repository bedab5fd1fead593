#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace base {

// RFC 4648, section 4, with padding.
std::string base64_encode(std::string_view bytes);
// Line ends are skipped and padding may be missing; nothing for any other foreign character.
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace base
