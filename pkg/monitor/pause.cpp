// A container with a cgroup of its own is halted by the kernel's freezer, which nobody inside can
// see or escape. A cgroup of version 2 that is ours to write is not to be had everywhere, though,
// least of all in other people's containers and on CI. There each process gets SIGSTOP instead,
// which none can catch either, the first one included, since we stand outside of its PID namespace.
//
// Who is stopped starts no more processes. So rounds over all that there are come to an end: when
// one has found nobody new and all stand. What was stopped before, by a debugger or a shell in the
// container, is not ours to wake. Two things differ from the freezer: a parent that asks waitpid(2)
// for stopped children hears of it when all goes on, and whoever may send SIGCONT to these
// processes from outside wakes them.
#include "pkg/monitor/pause.hpp"

#include "pkg/base/error.hpp"
#include "pkg/cgroup/cgroup.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/processes.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <thread>

namespace monitor {
namespace {

bool has_freezer(const State& state) {
  return !state.cgroup.empty() && sys::exists(state.cgroup + "/cgroup.freeze");
}

bool signal(const sys::ProcessName& name, int number) {
  const auto process = sys::open_process(name);
  return process && sys::send_signal(*process, number);
}

// Stopped, by us or a debugger, or in the kernel, where it stops before it comes back.
bool stands(const sys::Sighting& process) {
  return process.state == 'T' || process.state == 't' || process.state == 'D';
}

}  // namespace

void Pause::begin(const State& state) {
  if (has_freezer(state)) return cgroup::freeze(state.cgroup);
  for (int round = 0; round < 1000; ++round) {
    if (!halt_others(state)) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  let_go();
  throw base::Error("one of its processes does not let itself be halted");
}

void Pause::end(const State& state) {
  if (halted_.empty() && has_freezer(state)) return cgroup::thaw(state.cgroup);
  let_go();
}

// False when there was nobody to halt and nobody to wait for.
bool Pause::halt_others(const State& state) {
  bool is_new = false;
  for (const sys::Sighting& each : sys::processes_of(state.process.pid)) {
    if (each.has_ended()) continue;
    const bool is_ours = std::find(halted_.begin(), halted_.end(), each.name) != halted_.end();
    if (is_ours) {
      is_new = is_new || !stands(each);
    } else if (each.state != 'T' && signal(each.name, SIGSTOP)) {
      halted_.push_back(each.name);
      is_new = true;
    }
  }
  return is_new;
}

// Children first: a parent finds them as it left them.
void Pause::let_go() {
  for (auto each = halted_.rbegin(); each != halted_.rend(); ++each)
    signal(*each, SIGCONT);
  halted_.clear();
}

}  // namespace monitor
