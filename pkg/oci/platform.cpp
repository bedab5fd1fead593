#include "pkg/oci/platform.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"

#include <fmt/core.h>

#include <array>
#include <vector>

#include <sys/utsname.h>

namespace oci {
namespace {

struct Alias {
  std::string_view typed;
  std::string_view architecture;
  std::string_view variant;
};

// What uname(2) and users say for what Go, and with it the image specification, calls otherwise.
constexpr std::array<Alias, 13> kAliases = {{{"x86_64", "amd64", ""},
                                             {"x86-64", "amd64", ""},
                                             {"aarch64", "arm64", ""},
                                             {"armv8l", "arm", "v8"},
                                             {"armv7l", "arm", "v7"},
                                             {"armhf", "arm", "v7"},
                                             {"armv6l", "arm", "v6"},
                                             {"armel", "arm", "v6"},
                                             {"i386", "386", ""},
                                             {"i686", "386", ""},
                                             {"x86", "386", ""},
                                             {"loongarch64", "loong64", ""},
                                             {"ppc64el", "ppc64le", ""}}};

void set_architecture(Platform& platform, const std::string& typed) {
  platform.architecture = base::lower(typed);
  for (const Alias& alias : kAliases) {
    if (platform.architecture != alias.typed) continue;
    platform.architecture = alias.architecture;
    platform.variant = alias.variant;
    return;
  }
}

// The x86-64 level of this machine's processor; images of a higher one would not run.
int host_level() {
#if defined(__x86_64__)  // by what a level adds first; clang 14 does not know the levels' names
  const bool is_2 = __builtin_cpu_supports("sse4.2") != 0 && __builtin_cpu_supports("popcnt") != 0;
  const bool is_3 = is_2 && __builtin_cpu_supports("avx2") != 0 &&
                    __builtin_cpu_supports("bmi2") != 0 && __builtin_cpu_supports("fma") != 0;
  const bool is_4 = is_3 && __builtin_cpu_supports("avx512bw") != 0 &&
                    __builtin_cpu_supports("avx512dq") != 0 &&
                    __builtin_cpu_supports("avx512vl") != 0;
  if (is_4) return 4;
  if (is_3) return 3;
  if (is_2) return 2;
#endif
  return 1;
}

// "v7" is 7; no variant is the one that the architecture means without.
int level(const std::string& variant, int without) {
  if (variant.empty()) return without;
  if (variant.size() != 2 || variant[0] != 'v') return -1;
  return variant[1] >= '1' && variant[1] <= '9' ? variant[1] - '0' : -1;
}

// The wanted level first, then what is below it, nearest first: a processor runs older code.
int rank_level(int offered, int wanted) {
  if (offered < 1 || wanted < 1 || offered > wanted) return -1;
  return 50 - (wanted - offered);
}

// Plain amd64 before any variant: everybody's tests ran on that.
int rank_amd64(const Platform& offered, const Platform& wanted) {
  if (!wanted.variant.empty())
    return rank_level(level(offered.variant, 1), level(wanted.variant, 1));
  const int offered_level = level(offered.variant, 1);
  return offered_level < 1 || offered_level > host_level() ? -1 : 50 - offered_level;
}

}  // namespace

Platform Platform::host() {
  utsname names{};
  ::uname(&names);
  Platform platform;
  set_architecture(platform, static_cast<const char*>(names.machine));
  return platform;
}

Platform Platform::parse(std::string_view text) {
  const std::vector<std::string> parts = base::split(text, '/');
  for (const std::string& part : parts) {
    if (part.empty()) throw base::Error(fmt::format("{}: not a platform: OS/ARCH[/VARIANT]", text));
  }
  if (parts.size() > 3)
    throw base::Error(fmt::format("{}: not a platform: OS/ARCH[/VARIANT]", text));
  if (parts.size() == 1 && base::lower(parts[0]) == "linux") return host();
  Platform platform;
  if (parts.size() > 1) platform.os = base::lower(parts[0]);
  set_architecture(platform, parts.size() == 1 ? parts[0] : parts[1]);
  if (parts.size() == 3) platform.variant = base::lower(parts[2]);
  return platform;
}

std::string Platform::text() const {
  return os + "/" + architecture + (variant.empty() ? "" : "/" + variant);
}

int rank(const Platform& offered, const Platform& wanted) {
  if (offered.os != wanted.os || offered.architecture != wanted.architecture) return -1;
  if (offered.variant == wanted.variant) return 100;
  if (wanted.architecture == "amd64") return rank_amd64(offered, wanted);
  if (wanted.architecture == "arm")
    return rank_level(level(offered.variant, 7), level(wanted.variant, 7));
  if (wanted.architecture == "arm64")
    return rank_level(level(offered.variant, 8), level(wanted.variant, 8));
  return offered.variant.empty() || wanted.variant.empty() ? 1 : -1;
}

}  // namespace oci
