#pragma once

#include "pkg/monitor/journal.hpp"
#include "pkg/monitor/log_file.hpp"
#include "pkg/monitor/pause.hpp"
#include "pkg/monitor/probe.hpp"
#include "pkg/monitor/protocol.hpp"
#include "pkg/monitor/state.hpp"
#include "pkg/monitor/workload.hpp"
#include "pkg/sys/tty.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace monitor {

// A command that talks to the monitor.
struct Client {
  sys::Fd socket;
  std::string attached;  // id of the container whose output it gets
  // Messages for which its socket had no room: until they are sent its container's output waits.
  std::deque<std::string> unsent;
  bool is_gone = false;
  std::vector<sys::Fd> passed;  // the files that came with its request

  bool has_room() const { return unsent.empty(); }

  // Does not wait: what finds no room is kept in `unsent`.
  void offer(Kind kind, std::string_view bytes);
  void offer(const base::Json& json) { offer(Kind::Json, json.dump()); }
  void flush();
};

// A container under this monitor: its process, its streams, and what is to come.
class Watched {
 public:
  Watched(Member member, sys::ProcessName monitor);

  const Member& member() const { return member_; }
  const std::string& id() const { return member_.id; }
  void update(Member member);  // its log stays where it is; other checks of its health begin anew
  State& state() { return state_; }
  void write_state() const;

  // Streams of a command for it to have as they are; without any it has none.
  void take_streams(std::vector<sys::Fd> streams) { passed_ = std::move(streams); }

  // Launches it with new streams. Throws base::Error; then the state says why.
  void launch(Workload& work, sys::WindowSize size = {});
  void release(Workload& work);
  bool has_process() const { return static_cast<bool>(launched_.process); }
  const sys::Fd& process() const { return launched_.process; }

  // Streams worth polling, -1 where there is none.
  int out() const { return launched_.terminal ? launched_.terminal.get() : out_.get(); }
  int err() const { return err_.get(); }
  int in() const { return input_.empty() ? -1 : input_target(); }

  // One chunk from a stream to the log and the attached clients; how many bytes. 0 when there is
  // nothing to read now, or never again.
  std::size_t forward(Stream stream, const std::vector<Client*>& attached);
  // The same after its process has ended, false when that was all: no more than was in the stream
  // by then. Somebody who outlives it may write for ever.
  bool forward_rest(Stream stream, const std::vector<Client*>& attached);
  void take_input(std::string_view bytes);
  bool is_input_full() const { return input_.size() > kInputLimit; }
  void end_input();
  void write_input();
  void resize(unsigned short rows, unsigned short columns);  // NOLINT(google-runtime-int)

  void signal(int number);
  // Reaps it and notes how it ended; `forward` what is left before.
  void reap(Workload& work);

  Pause pause;  // while its state is Paused
  bool stop_requested = false;
  bool killed_by_timeout = false;     // the stop signal was not enough
  std::optional<Moment> kill_at;      // SIGKILL then
  std::optional<Moment> restart_at;   // between a restart's end and its beginning
  std::vector<Client*> waiting_stop;  // for the answer to "stop"
  std::vector<Client*> waiting_end;   // for "wait"

  bool restart_requested = false;  // by its health check, whatever its policy is

  // Only of a container that has a health check.
  std::optional<Checkup> checkup;
  std::optional<Probe> probe;          // the check that runs now
  std::vector<Client*> waiting_check;  // for the answer to "check"
  void begin_check(Workload& work) { probe.emplace(work, id(), launched_, *checkup); }
  void write_health() const;

  std::optional<Notifier> notifier;  // only of a service

  // Begins to end it: its stop signal, and SIGKILL in so many seconds (-1: never, 0: at once).
  void end(std::int64_t timeout, int with);

  // When it is to be launched again, or nothing.
  std::optional<Moment> plan_restart();

 private:
  static constexpr std::size_t kInputLimit = std::size_t{1} << 20U;

  int input_target() const { return launched_.terminal ? launched_.terminal.get() : in_.get(); }
  void open_streams(Streams& theirs, std::vector<sys::Fd>& owners);
  void pass_streams(Streams& theirs, std::vector<sys::Fd>& owners) const;

  Member member_;
  State state_;
  LogFile log_;
  std::optional<Journal> journal_;
  std::vector<sys::Fd> passed_;
  BackOff back_off_;
  runtime::Launched launched_;
  std::optional<sys::Fd> survivors_;  // where those live that its first process may leave behind
  sys::Fd in_;
  sys::Fd out_;
  sys::Fd err_;
  std::map<Stream, std::size_t> rest_;  // bytes read since its process has ended
  std::string input_;                   // not yet taken by the container
  bool input_ended_ = false;
};

}  // namespace monitor
