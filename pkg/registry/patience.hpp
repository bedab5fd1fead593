#pragma once

#include <chrono>
#include <optional>

namespace registry {

// How long we put up with a registry that does not answer well.
struct Patience {
  int retries = 3;                            // in a row without progress
  std::chrono::milliseconds delay{1'000};     // before the first; doubles
  std::chrono::milliseconds longest{60'000};  // what a registry may ask us to wait (Retry-After)
  std::chrono::milliseconds connect{30'000};
  std::chrono::milliseconds stall{60'000};  // with less than 1 KiB/s

  // How long to wait before the retry of this number, the first being 1: doubled each time and a
  // little uneven, so that many pulls that failed together do not come back together; longer when
  // the registry asks for it. Nothing: give up.
  std::optional<std::chrono::milliseconds> before(int retry,
                                                  std::chrono::seconds retry_after) const;
};

// May go away by itself: the server or something on the way is overloaded or broken.
bool is_transient(int status);

}  // namespace registry
