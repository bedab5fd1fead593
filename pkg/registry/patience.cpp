#include "pkg/registry/patience.hpp"

#include <algorithm>
#include <cstdint>
#include <random>

namespace registry {

std::optional<std::chrono::milliseconds> Patience::before(int retry,
                                                          std::chrono::seconds retry_after) const {
  if (retry > retries || retry_after > longest) return std::nullopt;
  const int doublings = std::clamp(retry - 1, 0, 16);
  const std::int64_t base = std::min(delay.count() << doublings, longest.count());
  static std::minstd_rand chance{std::random_device{}()};
  std::uniform_int_distribution<std::int64_t> extra(0, base / 10);
  return std::max<std::chrono::milliseconds>(retry_after,
                                             std::chrono::milliseconds(base + extra(chance)));
}

bool is_transient(int status) {
  return status == 408 || status == 429 || (status >= 500 && status != 501 && status != 505);
}

}  // namespace registry
