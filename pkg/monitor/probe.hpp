#pragma once

#include "pkg/monitor/checkup.hpp"
#include "pkg/monitor/workload.hpp"

#include <optional>
#include <string>
#include <vector>

#include <poll.h>

namespace monitor {

// A check that runs now: its process, what it has said so far, and when its time is up. Never waits
// for it. Killed and reaped when this goes.
class Probe {
 public:
  // What cannot be started is a result already.
  Probe(Workload& work, const std::string& id, const runtime::Launched& launched,
        const Checkup& checkup);
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;
  ~Probe();

  void watch(std::vector<pollfd>& polls) const;
  const std::optional<Moment>& deadline() const { return deadline_; }

  // Takes what there is to read, and kills it when its time is up. The result, once it has ended.
  std::optional<HealthResult> advance(Moment now);

 private:
  void read_output();
  HealthResult finish();

  HealthResult result_;
  std::size_t most_ = 0;  // bytes of output worth keeping; 0: all
  bool is_started_ = false;
  bool is_late_ = false;
  std::optional<Moment> deadline_;
  std::chrono::nanoseconds timeout_;
  runtime::Executed process_;
  sys::Fd output_;
};

}  // namespace monitor
