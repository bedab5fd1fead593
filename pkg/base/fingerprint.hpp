#pragma once

#include <string>
#include <string_view>

namespace base {

// 32 hexadecimal digits that tell texts apart: FNV-1a of 128 bits. The same for ever and on every
// machine, but no protection: whoever wants two texts with the same fingerprint can make them.
std::string fingerprint(std::string_view text);

}  // namespace base
