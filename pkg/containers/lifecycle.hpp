#pragma once

#include "pkg/containers/container.hpp"
#include "pkg/containers/recruit.hpp"
#include "pkg/sys/lock.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What can be done with containers. All throw base::Error that names the container and the step.
namespace containers {

// Finds or pulls the image, writes the writable layer and the record, published by rename. Throws
// with status 125 when the name is taken ("name web is in use by container 0123...").
Container create(const home::Home& home, const Options& options);

// The same for who starts it at once: with --rm it is gone again when they are killed before that,
// as the next command that changes something finds by the lock.
struct Made {
  Container container;
  std::optional<sys::Lock> lock;  // to be held until it runs
};
Made create_to_start(const home::Home& home, const Options& options);

// How a foreground command is tied to a container's streams.
struct Streams {
  bool in = false;  // forward our standard input
  bool out = true;
  bool err = true;
  bool signals = true;                        // --sig-proxy
  std::string detach_keys = "ctrl-p,ctrl-q";  // "" for none
};

// Starts it under a monitor and returns when its program runs; running already is no error. Throws
// with status 126 or 127 when the command cannot be executed.
void start(const home::Home& home, const Container& container,
           std::optional<Recruit> recruit = std::nullopt);
// Starts it with our streams tied to it from its first byte; returns its exit code (0 when
// detached).
int start_attached(const home::Home& home, const Container& container, const Streams& streams,
                   std::optional<Recruit> recruit = std::nullopt);
// Ties our streams to a running container; returns its exit code, 0 when detached by keys.
int attach(const home::Home& home, const Container& container, const Streams& streams);

// The signal (nothing: the container's stop signal), `timeout` seconds (nothing: the container's
// own; -1 for ever), SIGKILL with a warning. False when it did not run. Throws when it is paused:
// `stop_by_force` kills it then.
bool stop(const home::Home& home, const Container& container, std::optional<std::int64_t> timeout,
          std::optional<int> signal = std::nullopt);
bool stop_by_force(const home::Home& home, const Container& container,
                   std::optional<std::int64_t> timeout);
void warn_of_kill(const Container& container, std::int64_t seconds,
                  std::optional<int> signal = std::nullopt);
void kill(const home::Home& home, const Container& container, int signal);  // throws unless running
// Halts all its processes where they are, and lets them go on. Throws when it does not run, or is
// (not) paused already.
void pause(const home::Home& home, const Container& container);
void unpause(const home::Home& home, const Container& container);
void restart(const home::Home& home, const Container& container,
             std::optional<std::int64_t> timeout, std::optional<int> signal = std::nullopt);

// With its writable layer, log, names and, when `volumes`, anonymous volumes. Running or paused and
// not `force`: throws with status 2.
struct RemoveOptions {
  bool force = false;
  bool volumes = false;
  std::optional<std::int64_t> timeout;
};
void remove(const home::Home& home, const Container& container, const RemoveOptions& options);
// The same, but its space is free only after storage::empty_trash.
void throw_away(const home::Home& home, const Container& container, const RemoveOptions& options);

// Waits until its status is one of `conditions` ("exited", "stopped", "running", "removing", ...;
// empty: stopped) and returns its exit code, -1 where the field says so. `interval_ms` is how often
// to look where no event tells.
int wait(const home::Home& home, const Container& container,
         const std::vector<std::string>& conditions, int interval_ms);
// The same for the first of several that gets there.
int wait_for_first(const home::Home& home, const std::vector<Container>& containers,
                   const std::vector<std::string>& conditions, int interval_ms);

struct ExecOptions {
  std::vector<std::string> command;
  std::vector<std::string> env;
  std::string user;
  std::string workdir;
  bool terminal = false;
  bool interactive = false;
  bool detach = false;  // prints nothing; `exec` returns at once
  bool privileged = false;
  unsigned preserve_fds = 0;  // so many of ours from 3 on are its own, too
  std::string detach_keys = "ctrl-p,ctrl-q";
};
// Runs one more command in a running container; returns its exit code.
int exec(const home::Home& home, const Container& container, const ExecOptions& options);

}  // namespace containers
