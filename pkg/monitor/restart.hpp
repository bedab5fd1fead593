#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace monitor {

struct RestartPolicy {
  enum class When { No, OnFailure, Always, UnlessStopped };
  When when = When::No;
  std::int64_t most = 0;  // tries of on-failure; 0: no limit

  // "", "no", "never", "always", "on-failure[:N]", "unless-stopped". Throws base::Error.
  static RestartPolicy parse(const std::string& text);
  std::string text() const;  // "no", "on-failure:3" ...

  bool wants_restart(int exit_code, std::int64_t restarts) const;

  friend bool operator==(const RestartPolicy&, const RestartPolicy&) = default;
};

// How long to wait before the next restart: 100 ms, doubled each time up to a minute, from the
// start again after a run of ten seconds. As docker does; podman does not wait at all.
class BackOff {
 public:
  std::chrono::milliseconds next(std::chrono::milliseconds last_run);

 private:
  std::chrono::milliseconds delay_{0};
};

}  // namespace monitor
