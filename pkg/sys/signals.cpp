#include "pkg/sys/signals.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include <signal.h>
#include <sys/signalfd.h>

namespace sys {
namespace {

std::optional<int> find_number(std::string_view name) {
  for (int number = 1; number < 32; ++number) {
    const char* abbreviation = sigabbrev_np(number);
    if (abbreviation != nullptr && name == abbreviation) return number;
  }
  if (name == "IOT") return SIGABRT;
  if (name == "CLD") return SIGCHLD;
  const bool is_low = name.starts_with("RTMIN");
  if (!is_low && !name.starts_with("RTMAX")) return std::nullopt;
  const std::string_view rest = name.substr(5);
  if (rest.empty()) return is_low ? SIGRTMIN : SIGRTMAX;
  const auto offset = base::parse_integer(rest.substr(rest.front() == '+' ? 1 : 0));
  if (!offset) return std::nullopt;
  const auto number = static_cast<int>(*offset) + (is_low ? SIGRTMIN : SIGRTMAX);
  if (number < SIGRTMIN || number > SIGRTMAX) return std::nullopt;
  return number;
}

}  // namespace

int signal_number(std::string_view text) {
  if (const auto number = base::parse_integer(text)) {
    if (*number >= 1 && *number <= SIGRTMAX) return static_cast<int>(*number);
    throw base::Error("signal " + std::string(text) + ": not a number from 1 to 64");
  }
  std::string name = base::upper(text);
  if (name.starts_with("SIG")) name.erase(0, 3);
  if (const auto number = find_number(name)) return *number;
  throw base::Error("signal " + std::string(text) + ": unknown");
}

std::string signal_name(int number) {
  const char* abbreviation = sigabbrev_np(number);
  if (abbreviation != nullptr) return std::string("SIG") + abbreviation;
  if (number >= SIGRTMIN && number <= SIGRTMAX) {
    return number == SIGRTMIN ? "SIGRTMIN" : "SIGRTMIN+" + std::to_string(number - SIGRTMIN);
  }
  return "SIG" + std::to_string(number);
}

SignalQueue::SignalQueue(std::initializer_list<int> signals) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : signals) {
    struct sigaction action = {};
    const bool is_ignored =
        ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
    if (!is_ignored) sigaddset(&set, signal);
  }
  block(&set);
}

SignalQueue SignalQueue::all() {
  sigset_t set;
  sigfillset(&set);
  for (const int fault : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT}) {
    sigdelset(&set, fault);
  }
  SignalQueue queue;
  queue.block(&set);
  return queue;
}

SignalQueue::SignalQueue(SignalQueue&& other) noexcept
    : file_(std::move(other.file_)), former_mask_(other.former_mask_), owns_(other.owns_) {
  other.owns_ = false;
}

SignalQueue::~SignalQueue() {
  if (!owns_) return;
  sigset_t former;
  sigemptyset(&former);
  std::memcpy(&former, &former_mask_, sizeof former_mask_);
  sigprocmask(SIG_SETMASK, &former, nullptr);
}

void SignalQueue::block(const void* set) {
  const auto* signals = static_cast<const sigset_t*>(set);
  sigset_t former;
  if (sigprocmask(SIG_BLOCK, signals, &former) != 0) throw base::SysError("block signals");
  std::memcpy(&former_mask_, &former, sizeof former_mask_);
  file_.reset(::signalfd(-1, signals, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!file_) throw base::SysError("signalfd");
}

std::optional<int> SignalQueue::next() {
  signalfd_siginfo event{};
  const ssize_t count = ::read(file_.get(), &event, sizeof event);
  if (count == static_cast<ssize_t>(sizeof event)) return static_cast<int>(event.ssi_signo);
  return std::nullopt;
}

void reset_signals() {
  for (int number = 1; number < NSIG; ++number)
    ::signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

}  // namespace sys
