#include "pkg/monitor/watched.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/sys/child.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/processes.hpp"
#include "pkg/sys/socket.hpp"
#include "pkg/sys/tty.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include <fcntl.h>
#include <sys/wait.h>

namespace monitor {
namespace {

// See pipe(7), "pipe-max-size".
constexpr std::size_t kLargestPipe = std::size_t{1} << 20U;

// Some decades are for ever; more than that has no place on the clock.
Moment in_seconds(std::int64_t seconds) {
  constexpr std::int64_t kMost = 1'000'000'000;
  return Clock::now() + std::chrono::seconds(std::min(seconds, kMost));
}

void set_nonblocking(const sys::Fd& fd) {
  if (fd) ::fcntl(fd.get(), F_SETFL, ::fcntl(fd.get(), F_GETFL) | O_NONBLOCK);
}

}  // namespace

void Client::offer(Kind kind, std::string_view bytes) {
  if (is_gone) return;
  unsent.emplace_back(1, static_cast<char>(kind)) += bytes;
  flush();
}

void Client::flush() {
  while (!unsent.empty()) {
    if (sys::send_message(socket, unsent.front(), {}, false)) {
      unsent.pop_front();
    } else {
      is_gone = errno != EAGAIN;
      if (is_gone) unsent.clear();
      return;
    }
  }
}

Watched::Watched(Member member, sys::ProcessName monitor) : member_(std::move(member)) {
  state_.monitor = monitor;
  if (member_.health.regular.is_wanted()) checkup.emplace(member_.health);
  if (!member_.service.empty()) {
    notifier.emplace(member_.service, member_.is_ready, member_.runtime_directory);
  }
  if (member_.journal) journal_.emplace(*member_.journal);
  if (!member_.log_path.empty()) log_ = LogFile(member_.log_path, member_.log_size_max);
}

void Watched::update(Member member) {
  const bool is_other = member.health.json().dump() != member_.health.json().dump();
  member_ = std::move(member);
  if (!is_other) return;
  probe.reset();
  checkup.reset();
  if (!member_.health.regular.is_wanted()) return;
  checkup.emplace(member_.health);
  if (!has_process()) return;
  checkup->begin(Clock::now());
  write_health();
}

void Watched::write_state() const {
  monitor::write_state(member_.runtime_directory, state_);
  const bool is_lasting = state_.status == Status::Running || state_.status == Status::Exited;
  if (!is_lasting || member_.directory.empty()) return;
  try {
    write_last_state(member_.directory, state_);
  } catch (const base::Error& error) {  // a full disk must not keep a container from running
    base::log::debug("container {}: {}", member_.name, error.what());
  }
}

void Watched::write_health() const {
  const HealthCheck& asked_for = member_.health;
  monitor::write_health(member_.runtime_directory, checkup->health());
  if (asked_for.log_destination == "local" || asked_for.log_destination == "events_logger") return;
  try {
    sys::replace_file(asked_for.log_destination + "/" + member_.id + "-healthcheck.log",
                      checkup->health().json().dump(), 0600);
  } catch (const base::Error& error) {  // a folder that has gone must not end a container
    base::log::debug("container {}: {}", member_.name, error.what());
  }
}

// The container's ends are closed again once it has them.
void Watched::open_streams(Streams& theirs, std::vector<sys::Fd>& owners) {
  sys::Pipe out = sys::make_pipe();
  sys::Pipe err = sys::make_pipe();
  theirs.out = out.write.get();
  theirs.err = err.write.get();
  out_ = std::move(out.read);
  err_ = std::move(err.read);
  owners.push_back(std::move(out.write));
  owners.push_back(std::move(err.write));
  if (member_.interactive) {
    sys::Pipe in = sys::make_pipe();
    theirs.in = in.read.get();
    in_ = std::move(in.write);
    owners.push_back(std::move(in.read));
  } else {
    sys::Fd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    theirs.in = null.get();
    owners.push_back(std::move(null));
  }
}

void Watched::pass_streams(Streams& theirs, std::vector<sys::Fd>& owners) const {
  const sys::Fd& null = owners.emplace_back(::open("/dev/null", O_RDWR | O_CLOEXEC));
  const auto stream = [&](std::size_t number) {
    return number < passed_.size() ? passed_[number].get() : null.get();
  };
  theirs.in = stream(0);
  theirs.out = stream(1);
  theirs.err = stream(2);
}

void Watched::launch(Workload& work, sys::WindowSize size) {
  Streams theirs;
  theirs.rows = size.rows;
  theirs.columns = size.columns;
  std::vector<sys::Fd> owners;
  if (member_.passthrough) {
    pass_streams(theirs, owners);
  } else if (!member_.terminal) {
    open_streams(theirs, owners);
  }
  if (notifier) notifier->begin();
  launched_ = work.launch(member_.id, theirs);
  set_nonblocking(out_);
  set_nonblocking(err_);
  set_nonblocking(in_);
  set_nonblocking(launched_.terminal);
  restart_at.reset();
}

void Watched::release(Workload& work) {
  work.release(member_.id, launched_);
  if (member_.timeout > 0) kill_at = in_seconds(member_.timeout);
  state_.status = Status::Running;
  state_.process = sys::find_process(launched_.pid).value_or(sys::ProcessName{launched_.pid, 0});
  survivors_ = sys::mounts_of_survivors(launched_.pid);
  state_.started = base::now();
  state_.finished = 0;
  state_.exit_code = 0;
  state_.oom_killed = false;
  state_.error.clear();
  state_.cgroup = work.cgroup(member_.id);
  if (notifier) notifier->started();
  if (!checkup) return;
  checkup->begin(Clock::now());
  write_health();
}

std::size_t Watched::forward(Stream stream, const std::vector<Client*>& attached) {
  sys::Fd& source = stream == Stream::Err ? err_ : launched_.terminal ? launched_.terminal : out_;
  if (!source) return 0;
  std::array<char, kChunk> chunk;  // NOLINT(cppcoreguidelines-pro-type-member-init): read fills it
  const ssize_t count = ::read(source.get(), chunk.data(), chunk.size());
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
  if (count <= 0) {  // a terminal whose last user is gone says EIO
    source.reset();
    return 0;
  }
  const std::string_view text(chunk.data(), static_cast<std::size_t>(count));
  log_.write(stream, text);
  if (journal_) journal_->write(stream, text);
  for (Client* client : attached) {
    client->offer(stream == Stream::Out ? Kind::Output : Kind::Errors, text);
  }
  return text.size();
}

bool Watched::forward_rest(Stream stream, const std::vector<Client*>& attached) {
  std::size_t& taken = rest_[stream];
  if (taken >= kLargestPipe) return false;
  const std::size_t count = forward(stream, attached);
  taken += count;
  return count > 0;
}

void Watched::take_input(std::string_view bytes) {
  if (input_target() < 0) return;
  input_ += bytes;
  write_input();
}

void Watched::end_input() {
  input_ended_ = true;
  write_input();
}

void Watched::write_input() {
  while (!input_.empty()) {
    const ssize_t count = ::write(input_target(), input_.data(), input_.size());
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) {
      input_.clear();
      in_.reset();
      return;
    }
    input_.erase(0, static_cast<std::size_t>(count));
  }
  if (input_ended_) in_.reset();
}

void Watched::resize(unsigned short rows, unsigned short columns) {  // NOLINT(google-runtime-int)
  if (launched_.terminal) sys::set_window_size(launched_.terminal.get(), {rows, columns});
}

void Watched::signal(int number) {
  if (has_process()) sys::send_signal(launched_.process, number);
}

void Watched::end(std::int64_t timeout, int with) {
  signal(timeout == 0 ? SIGKILL : with);
  if (timeout > 0) kill_at = in_seconds(timeout);
  state_.status = Status::Stopping;
  write_state();
}

void Watched::reap(Workload& work) {
  int status = 0;
  while (::waitpid(launched_.pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (survivors_) sys::kill_all_in(*survivors_);
  survivors_.reset();
  launched_ = {};
  pause = {};
  in_.reset();
  out_.reset();
  err_.reset();
  rest_.clear();
  input_.clear();
  input_ended_ = false;
  kill_at.reset();
  probe.reset();
  if (checkup) checkup->end();
  if (notifier) notifier->end();
  state_.status = Status::Exited;
  state_.process = {};
  state_.exit_code = sys::exit_status(status);
  state_.finished = base::now();
  state_.oom_killed = work.ended(member_.id);
  state_.cgroup.clear();
}

std::optional<Moment> Watched::plan_restart() {
  if (std::exchange(restart_requested, false)) {
    stop_requested = killed_by_timeout = false;
    ++state_.restarts;
    restart_at = Clock::now();
    return restart_at;
  }
  if (stop_requested || !member_.restart.wants_restart(state_.exit_code, state_.restarts)) {
    return std::nullopt;
  }
  const auto ran = std::chrono::nanoseconds(state_.finished - state_.started);
  ++state_.restarts;
  restart_at =
      Clock::now() + back_off_.next(std::chrono::duration_cast<std::chrono::milliseconds>(ran));
  return restart_at;
}

}  // namespace monitor
