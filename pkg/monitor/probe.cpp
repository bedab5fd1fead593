#include "pkg/monitor/probe.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/time.hpp"
#include "pkg/sys/child.hpp"
#include "pkg/sys/process.hpp"

#include <array>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace monitor {
namespace {

// Without a limit of its own: no check is listened to for longer than this.
constexpr std::size_t kMostOutput = std::size_t{1} << 20U;

}  // namespace

Probe::Probe(Workload& work, const std::string& id, const runtime::Launched& launched,
             const Checkup& checkup)
    : most_(static_cast<std::size_t>(checkup.asked_for().log_size)), timeout_(checkup.timeout()) {
  result_.start = base::now();
  try {
    sys::Pipe pipe = sys::make_pipe();
    ::fcntl(pipe.read.get(), F_SETFL, O_NONBLOCK);
    process_ = work.probe(id, launched, checkup.current().test, pipe.write.get());
    output_ = std::move(pipe.read);
    is_started_ = true;
    if (timeout_.count() > 0) {
      deadline_ = Clock::now() + std::chrono::duration_cast<Clock::duration>(timeout_);
    }
  } catch (const base::Error& error) {
    result_.output = error.what();
    result_.exit_code = error.status();
  }
}

Probe::~Probe() {
  if (!process_.process) return;
  ::kill(-process_.pid, SIGKILL);
  sys::send_signal(process_.process, SIGKILL);
  while (::waitpid(process_.pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void Probe::watch(std::vector<pollfd>& polls) const {
  if (process_.process) polls.push_back({process_.process.get(), POLLIN, 0});
  if (output_) polls.push_back({output_.get(), POLLIN, 0});
}

// What is over the limit is read and forgotten, so that the check does not wait for us.
void Probe::read_output() {
  const std::size_t most = most_ > 0 ? most_ : kMostOutput;
  std::array<char, 4096> bytes;  // NOLINT(cppcoreguidelines-pro-type-member-init): read fills it
  for (int turn = 0; output_ && turn < 64; ++turn) {
    const ssize_t count = ::read(output_.get(), bytes.data(), bytes.size());
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count <= 0) return output_.reset();
    const std::size_t room =
        most + 4 > result_.output.size() ? most + 4 - result_.output.size() : 0;
    result_.output.append(bytes.data(), std::min(room, static_cast<std::size_t>(count)));
  }
}

std::optional<HealthResult> Probe::advance(Moment now) {
  if (!is_started_) {
    result_.end = base::now();
    return result_;
  }
  read_output();
  if (deadline_ && now >= *deadline_) {
    is_late_ = true;
    deadline_.reset();
    // It leads a session of its own, so that what it has started goes as well.
    ::kill(-process_.pid, SIGKILL);
    sys::send_signal(process_.process, SIGKILL);
  }
  if (!sys::wait_for_end(process_.process, 0)) return std::nullopt;
  return finish();
}

// What it has left behind may still hold its output: that is not waited for.
HealthResult Probe::finish() {
  read_output();
  int status = 0;
  while (::waitpid(process_.pid, &status, 0) < 0 && errno == EINTR) {
  }
  result_.end = base::now();
  result_.exit_code = sys::exit_status(status);
  try {
    process_.await();
  } catch (const base::Error& error) {
    result_.exit_code = error.status();
    result_.output = error.what();
  }
  if (is_late_) {
    result_.exit_code = -1;
    result_.output += (result_.output.empty() || result_.output.ends_with('\n') ? "" : "\n") +
                      ("Health check exceeded timeout (" + base::format_duration(timeout_)) + ")";
  }
  process_ = {};
  return result_;
}

}  // namespace monitor
