#include "pkg/containers/health.hpp"

#include "network/question.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/containers/sandbox.hpp"
#include "pkg/containers/supervise.hpp"
#include "pkg/sys/namespaces.hpp"
#include "pkg/sys/process.hpp"
#include "pkg/sys/signals.hpp"

#include <fmt/core.h>

#include <csignal>
#include <optional>

#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace containers {
namespace {

using std::chrono::nanoseconds;

// In an image 0 says as much as nothing.
void forget_zero(std::optional<nanoseconds>& value) {
  if (value && value->count() == 0) value.reset();
}

monitor::Check check_of_image(const base::Json& json) {
  monitor::Check check = monitor::Check::parse(json);
  for (auto* value : {&check.interval, &check.timeout, &check.start_period, &check.start_interval})
    forget_zero(*value);
  if (check.retries == 0) check.retries.reset();
  return check;
}

void expect_destination(const std::string& destination) {
  if (destination == "local" || destination == "events_logger") return;
  struct stat status {};
  if (::stat(destination.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
    throw base::Error(
        fmt::format("--health-log-destination: {}: neither local nor events_logger nor a directory",
                    destination));
  }
}

network::Question question_of(const std::vector<std::string>& test) {
  network::Question question;
  question.is_http = test.front() == "HTTP";
  question.host = test.at(1);
  question.port = test.at(2);
  if (!question.is_http) return question;
  question.path = test.at(3);
  question.headers.assign(test.begin() + 4, test.end());
  return question;
}

void expect_command(const monitor::Check& check, const char* flag) {
  if (check.test.size() == 1 && check.is_wanted() && check.test.front().starts_with("CMD")) {
    throw base::Error(fmt::format("{}: there is no command in it", flag));
  }
}

bool is_in_network_of(const sys::Fd& ns) {
  return sys::namespace_identity(ns, "net") ==
         sys::namespace_identity(sys::open_namespace(::getpid(), "net"), "net");
}

// A process of ours that keeps nothing of the monitor's: neither its lock nor its sockets.
[[noreturn]] void ask_and_end(const sys::Fd& ns, const network::Question& question, int out) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  ::setsid();
  sys::reset_signals();
  try {
    if (!is_in_network_of(ns)) sys::enter_namespace(ns, CLONE_NEWNET);
  } catch (const base::Error& error) {
    (void)!::write(out, error.what(), std::string_view(error.what()).size());
    ::_exit(1);
  }
  ::dup2(out, 3);
  ::close_range(4, ~0U, 0);
  ::_exit(network::ask(question, 3) ? 0 : 1);
}

}  // namespace

void complete_health(monitor::HealthCheck& health, const base::Json& image) {
  if (!image.is_null()) health.regular.fill_from(check_of_image(image));
  expect_command(health.regular, "--health-cmd");
  expect_command(health.startup, "--health-startup-cmd");
  expect_destination(health.log_destination);
  if (health.regular.is_wanted()) return;
  if (health.on_failure != monitor::OnUnhealthy::None) {
    throw base::Error(
        fmt::format("--health-on-failure={}: there is no health check: give one with --health-cmd",
                    on_unhealthy_word(health.on_failure)));
  }
  if (health.startup.is_wanted()) {
    throw base::Error(
        "--health-startup-cmd: it goes before a health check: give one with --health-cmd");
  }
}

bool has_health_check(const Container& container) {
  return container.options.health.regular.is_wanted();
}

std::optional<monitor::Health> health_of(const home::Home& home, const Container& container,
                                         const State& state) {
  if (!has_health_check(container) || !state.is_running()) return std::nullopt;
  return monitor::read_health(container.runtime_directory(home));
}

std::string ask_health(const home::Home& home, const Container& container) try {
  if (!has_health_check(container)) throw base::Error("it has no health check");
  if (!state_of(home, container).is_running()) return "stopped";
  const auto with =
      ask(sandbox_of(home, container), base::Json::object({{"do", "check"}, {"id", container.id}}));
  if (!with) return "stopped";
  const std::string& status = with->answer.at("status").as_string();
  const bool is_before_start = status == "starting" && container.options.health.startup.is_wanted();
  const bool is_well = with->answer.at("result").as_integer() == 0;
  return is_well || is_before_start ? status : "unhealthy";
} catch (base::Error& error) {
  error.during("container " + container.name);
  throw;
}

std::vector<std::string> argv_of(const std::vector<std::string>& test) {
  if (test.front() == "CMD") return {test.begin() + 1, test.end()};
  if (test.front() != "CMD-SHELL") return test;
  return {"/bin/sh", "-c", base::join({test.begin() + 1, test.end()}, " ")};
}

bool is_network_test(const std::vector<std::string>& test) {
  return (test.front() == "HTTP" && test.size() >= 4) ||
         (test.front() == "TCP" && test.size() == 3);
}

runtime::Executed ask_network(pid_t process, const std::vector<std::string>& test, int out) {
  const network::Question question = question_of(test);
  const sys::Fd ns = sys::open_namespace(process, "net");
  runtime::Executed asking;
  asking.pid = ::fork();
  if (asking.pid < 0) throw base::SysError("fork");
  if (asking.pid == 0) ask_and_end(ns, question, out);
  asking.process = sys::open_child(asking.pid);
  return asking;
}

}  // namespace containers
