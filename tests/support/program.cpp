#include "tests/support/program.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <map>
#include <ostream>
#include <set>
#include <stdexcept>

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace support {
namespace {

using Clock = std::chrono::steady_clock;

// The processes that a Program waits for.
std::set<pid_t>& awaited() {
  static std::set<pid_t> pids;
  return pids;
}

Clock::time_point after(double seconds) {
  return Clock::now() + std::chrono::milliseconds(static_cast<long>(seconds * 1000));
}

int left_until(Clock::time_point end) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
  return left.count() < 0 ? 0 : static_cast<int>(left.count());
}

int status_of(int wait_status) {
  return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

[[noreturn]] void become(const std::vector<std::string>& words, const Start& start) {
  std::signal(SIGPIPE, SIG_DFL);
  for (const auto& [name, value] : start.environment) {
    if (value.empty()) {
      ::unsetenv(name.c_str());
    } else {
      ::setenv(name.c_str(), value.c_str(), 1);
    }
  }
  if (!start.directory.empty() && ::chdir(start.directory.c_str()) != 0) ::_exit(126);
  std::vector<char*> argv;
  for (const std::string& word : words)
    argv.push_back(const_cast<char*>(word.c_str()));  // NOLINT
  argv.push_back(nullptr);
  ::execvp(argv[0], argv.data());
  ::_exit(127);
}

// Whose end hangs a program's terminal up: its session's leader, by the program's number. As with
// a user's shell that is somebody else, since the kernel throws away what a leader has said last.
std::map<pid_t, pid_t>& leaders() {
  static std::map<pid_t, pid_t> pids;
  return pids;
}

[[noreturn]] void lead(const std::vector<std::string>& words, const Start& start, int answer) {
  const auto pid = static_cast<pid_t>(::syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0));
  if (pid == 0) become(words, start);
  (void)!::write(answer, &pid, sizeof pid);
  for (const int number : {SIGINT, SIGQUIT, SIGTSTP})
    std::signal(number, SIG_IGN);
  for (;;)
    ::pause();
}

void dismiss_leader(pid_t program) {
  const auto found = leaders().find(program);
  if (found == leaders().end()) return;
  ::kill(found->second, SIGKILL);
  ::waitpid(found->second, nullptr, 0);
  awaited().erase(found->second);
  leaders().erase(found);
}

void close_one(int& fd) {
  if (fd >= 0) ::close(fd);
  fd = -1;
}

// Appends what can be read at once; closes the descriptor at its end.
void drain(int& fd, std::string& text) {
  std::array<char, 65536> buffer{};
  const ssize_t count = ::read(fd, buffer.data(), buffer.size());
  if (count > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(count));
  } else if (count == 0 || errno != EINTR) {  // a terminal whose other side is gone says EIO
    close_one(fd);
  }
}

}  // namespace

std::string Result::line() const {
  std::string text = out;
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
    text.pop_back();
  return text;
}

std::ostream& operator<<(std::ostream& stream, const Result& result) {
  return stream << "status " << result.status << (result.timed_out ? " (out of time)" : "")
                << "\n--- stdout\n"
                << result.out << "\n--- stderr\n"
                << result.err << "\n---";
}

Program::Program(const std::vector<std::string>& words, const Start& start) {
  std::signal(SIGPIPE, SIG_IGN);
  if (start.terminal) {
    start_terminal(words, start);
  } else {
    start_pipes(words, start);
  }
  awaited().insert(pid_);
}

void Program::start_pipes(const std::vector<std::string>& words, const Start& start) {
  std::array<std::array<int, 2>, 3> pipes{};
  for (auto& one : pipes) {
    if (::pipe2(one.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe");
  }
  pid_ = ::fork();
  if (pid_ == 0) {
    ::setsid();
    ::dup2(pipes[0][0], 0);
    ::dup2(pipes[1][1], 1);
    ::dup2(pipes[2][1], 2);
    become(words, start);
  }
  ::close(pipes[0][0]);
  ::close(pipes[1][1]);
  ::close(pipes[2][1]);
  in_ = pipes[0][1];
  ::fcntl(in_, F_SETFL, O_NONBLOCK);
  out_ = pipes[1][0];
  err_ = pipes[2][0];
}

void Program::start_terminal(const std::vector<std::string>& words, const Start& start) {
  winsize size{};
  size.ws_row = start.rows;
  size.ws_col = start.columns;
  std::array<int, 2> answer{};
  if (::pipe2(answer.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe");
  const pid_t leader = ::forkpty(&out_, nullptr, nullptr, &size);
  if (leader == 0) lead(words, start, answer[1]);
  if (leader < 0 || ::read(answer[0], &pid_, sizeof pid_) != sizeof pid_)
    throw std::runtime_error("forkpty");
  ::close(answer[0]);
  ::close(answer[1]);
  leaders()[pid_] = leader;
  awaited().insert(leader);
  is_terminal_ = true;
  ::fcntl(out_, F_SETFD, FD_CLOEXEC);
}

Program::~Program() {
  dismiss_leader(pid_);
  awaited().erase(pid_);
  if (!reaped_ && pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  close_one(in_);
  close_one(out_);
  close_one(err_);
}

void Program::send(const std::string& text) {
  const int to = in_ >= 0 ? in_ : out_;
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t count = ::write(to, text.data() + done, text.size() - done);
    if (count > 0) {
      done += static_cast<std::size_t>(count);
    } else if (errno == EAGAIN) {
      read_some(5);  // it may be waiting for us to take what it says
    } else if (errno != EINTR) {
      return;
    }
  }
}

void Program::close_input() {
  close_one(in_);
}

void Program::close_output() {
  close_one(out_);
}

void Program::signal(int number) const {
  ::kill(pid_, number);
}

void Program::resize(unsigned short rows, unsigned short columns) const {  // NOLINT
  winsize size{};
  size.ws_row = rows;
  size.ws_col = columns;
  ::ioctl(out_, TIOCSWINSZ, &size);
}

bool Program::read_some(int timeout_ms) {
  std::array<pollfd, 2> wanted = {pollfd{out_, POLLIN, 0}, pollfd{err_, POLLIN, 0}};
  if (::poll(wanted.data(), wanted.size(), timeout_ms) <= 0) return false;
  if (wanted[0].revents != 0) drain(out_, result_.out);
  if (wanted[1].revents != 0) drain(err_, result_.err);
  return true;
}

bool Program::expect(const std::string& text, double seconds) {
  const Clock::time_point end = after(seconds);
  for (;;) {
    const std::size_t found = result_.out.find(text, seen_);
    if (found != std::string::npos) {
      seen_ = found + text.size();
      return true;
    }
    if (out_ < 0 || left_until(end) == 0) return false;
    read_some(left_until(end));
  }
}

void Program::reap(bool wait_for_it) {
  int status = 0;
  if (reaped_ || ::waitpid(pid_, &status, wait_for_it ? 0 : WNOHANG) != pid_) return;
  reaped_ = true;
  result_.status = status_of(status);
}

Result Program::wait(double seconds) {
  const Clock::time_point end = after(seconds);
  const auto is_open = [this] { return out_ >= 0 || err_ >= 0; };
  while ((is_open() || !reaped_) && left_until(end) > 0) {
    reap(false);
    reap_orphans();
    const bool read = read_some(!is_terminal_ && is_open() && reaped_ ? left_until(end) : 20);
    // A terminal is open for as long as anybody has it; we do not wait for those.
    if (reaped_ && !read && is_terminal_) break;
  }
  result_.timed_out = (is_open() && !is_terminal_) || !reaped_;
  if (!reaped_) {
    ::kill(pid_, SIGKILL);
    reap(true);
  }
  dismiss_leader(pid_);
  return result_;
}

void reap_orphans() {
  // A child that somebody waits for hides those that ended after it, until it is waited for.
  for (;;) {
    siginfo_t ended{};
    if (::waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) != 0 || ended.si_pid == 0) return;
    if (awaited().contains(ended.si_pid)) return;
    ::waitpid(ended.si_pid, nullptr, 0);
  }
}

Result run(const std::vector<std::string>& words, const Start& start, const std::string& input,
           double seconds) {
  Program program(words, start);
  if (!start.terminal) {
    program.send(input);
    program.close_input();
  }
  return program.wait(seconds);
}

}  // namespace support
