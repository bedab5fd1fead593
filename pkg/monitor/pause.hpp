#pragma once

#include "pkg/monitor/state.hpp"
#include "pkg/sys/process.hpp"

#include <vector>

namespace monitor {

// What halts a running container and lets it go on.
class Pause {
 public:
  // Returns when nothing of it runs. Throws base::Error when that cannot be had; then all goes on.
  void begin(const State& state);
  void end(const State& state);

 private:
  bool halt_others(const State& state);
  void let_go();

  std::vector<sys::ProcessName> halted_;  // by a signal of ours
};

}  // namespace monitor
