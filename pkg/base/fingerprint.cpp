#include "pkg/base/fingerprint.hpp"

#include <fmt/core.h>

#include <cstdint>

namespace base {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr Wide wide(std::uint64_t high, std::uint64_t low) {
  return (Wide{high} << 64U) | low;
}

}  // namespace

std::string fingerprint(std::string_view text) {
  constexpr Wide kPrime = wide(0x0000000001000000, 0x000000000000013B);
  Wide hash = wide(0x6c62272e07bb0142, 0x62b821756295c58d);
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= kPrime;
  }
  return fmt::format("{:016x}{:016x}", static_cast<std::uint64_t>(hash >> 64U),
                     static_cast<std::uint64_t>(hash));
}

}  // namespace base
