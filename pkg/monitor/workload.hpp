#pragma once

#include "pkg/events/event.hpp"
#include "pkg/monitor/health.hpp"
#include "pkg/monitor/journal.hpp"
#include "pkg/monitor/notifier.hpp"
#include "pkg/monitor/restart.hpp"
#include "pkg/runtime/exec.hpp"
#include "pkg/runtime/launch.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace monitor {

// What a monitor has to know of a container that it looks after.
struct Member {
  std::string id;
  std::string name;               // for messages
  std::string runtime_directory;  // state.json goes here
  std::string directory;          // and, to outlive a reboot, a copy here; "" for none
  std::string log_path;           // "" for no log
  std::int64_t log_size_max = 0;
  std::optional<JournalFields> journal;  // its output goes to journald
  bool passthrough = false;              // its streams are those of the command that starts it
  bool terminal = false;
  bool interactive = false;  // has a standard input
  bool remove = false;       // --rm
  bool is_init = false;      // runs, alone and to its end, before the pod's main containers
  RestartPolicy restart;
  int stop_signal = 15;
  std::int64_t stop_timeout = 10;  // seconds; -1: for ever
  std::int64_t timeout = 0;        // seconds it may run at most; 0: no limit
  HealthCheck health;
  std::string service;  // NOTIFY_SOCKET of whoever started us as a service; "" for nobody
  Notifier::When is_ready = Notifier::When::Started;
};

struct Streams {
  int in = -1;
  int out = -1;
  int err = -1;
  // Of the terminal, when it has one; 0: not known.
  unsigned short rows = 0;     // NOLINT(google-runtime-int): as in struct winsize
  unsigned short columns = 0;  // NOLINT(google-runtime-int)
};

// The side of a monitor that knows images, mounts and networks: rooms above give it one.
class Workload {
 public:
  virtual ~Workload() = default;

  virtual Member member(const std::string& id) = 0;
  // The pod's containers that `start-pod` starts, init containers first.
  virtual std::vector<std::string> members() = 0;
  // Its process is set up when this returns, and waits for `release`.
  virtual runtime::Launched launch(const std::string& id, const Streams& streams) = 0;
  // Lets its program run. Throws base::Error with the status of the peers (126, 127).
  virtual void release(const std::string& id, runtime::Launched& launched) = 0;
  // Begins a check in the running container (see Check::test) and does not wait for it; both its
  // streams are `out`.
  virtual runtime::Executed probe(const std::string& id, const runtime::Launched& launched,
                                  const std::vector<std::string>& test, int out) = 0;
  virtual std::string cgroup(const std::string& id) = 0;
  // Its processes are gone: undoes what `launch` did. True when it ran out of memory.
  virtual bool ended(const std::string& id) = 0;
  // Gone for everybody when this returns. What takes longer is done by `sweep`, when those who wait
  // for the container's end have their answer.
  virtual void remove(const std::string& id) = 0;
  virtual void sweep() = 0;
  // Something has happened to it: its subject is filled in and it is put on record.
  virtual void tell(const std::string& id, events::Event event) = 0;
  // Nothing runs any more, nor will by itself: the network and what else was shared goes.
  virtual void rest() = 0;
};

}  // namespace monitor
