#include "pkg/containers/lifecycle.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/base/log.hpp"
#include "pkg/containers/attach.hpp"
#include "pkg/containers/health.hpp"
#include "pkg/containers/supervise.hpp"
#include "pkg/monitor/protocol.hpp"
#include "pkg/sys/process.hpp"
#include "pkg/sys/signals.hpp"
#include "pkg/sys/tty.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <thread>

#include <unistd.h>

namespace containers {
namespace {

base::Json request(const char* what, const Container& container) {
  return base::Json::object({{"do", what}, {"id", container.id}});
}

base::Json start_request(const Container& container) {
  base::Json start = request("start", container);
  if (!is_passed_through(container.options)) return start;
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (container.options.log_driver == "passthrough" && sys::is_terminal(stream)) {
      throw base::Error(fmt::format(
          "start {}: the log driver passthrough is not for terminals: use passthrough-tty",
          container.name));
    }
  }
  start["streams"] = true;
  return start;
}

// The code of a container whose monitor can no longer tell it.
int recorded_exit(const home::Home& home, const Container& container) {
  const auto known = find_by_id(home, container.id);
  if (!known) return 128 + SIGKILL;
  const State state = state_of(home, *known);
  if (!state.error.empty()) base::log::warn("container {}: {}", container.name, state.error);
  return state.exit_code;
}

int follow(const home::Home& home, const Container& container, const Streams& streams,
           const sys::Fd& socket, sys::SignalQueue& signals) {
  const Relayed end = relay(socket, container, streams, signals);
  if (end.is_detached) return 0;
  return end.exit_code ? *end.exit_code : recorded_exit(home, container);
}

void check_detach_keys(const Streams& streams) {
  parse_detach_keys(streams.detach_keys);
}

std::string word_of(const State& state) {
  return status_word(state.status);
}

bool is_health(const std::string& condition) {
  return condition == "healthy" || condition == "unhealthy";
}

bool has_health(const home::Home& home, const Container& container, const State& state,
                const std::string& condition) {
  const auto health = health_of(home, container, state);
  return health && health->status == condition;
}

// Its monitor waits for the moment to start it again.
bool will_run_again(const Container& container, const State& state) {
  const bool may = container.options.restart.when != RestartPolicy::When::No ||
                   container.options.health.on_failure == monitor::OnUnhealthy::Restart;
  return may && state.status == Status::Exited && sys::is_alive(state.monitor);
}

bool matches(const std::string& condition, const State& state) {
  const bool has_ended = !state.is_running() && state.status != Status::Created;
  if (condition == "stopped" || condition == "exited") return has_ended;
  if (condition == "configured") return state.status == Status::Created;
  return condition == word_of(state);
}

void check_conditions(const std::vector<std::string>& conditions) {
  const std::vector<std::string> known = {"configured", "created",  "exited",    "healthy",
                                          "paused",     "running",  "removing",  "initialized",
                                          "stopped",    "stopping", "unhealthy", "unknown"};
  for (const std::string& condition : conditions) {
    if (std::find(known.begin(), known.end(), condition) == known.end()) {
      throw base::Error("condition " + condition + ": unknown");
    }
  }
}

// Nothing when it ended before it could be asked for: its state tells.
std::optional<int> ask_for_end(const home::Home& home, const Container& container) {
  try {
    const auto with = ask(sandbox_of(home, container), request("wait", container));
    if (with) return static_cast<int>(with->answer.integer_or("exit", -1));
  } catch (const base::Error&) {
    if (state_of(home, container).is_running()) throw;
  }
  return std::nullopt;
}

struct Stopping {
  std::optional<std::int64_t> timeout;
  std::optional<int> signal;
  bool by_force = false;
};

bool ask_to_stop(const home::Home& home, const Container& container, const Stopping& how) try {
  const std::int64_t seconds = how.timeout.value_or(container.options.stop_timeout);
  base::Json stop = request("stop", container);
  stop["timeout"] = seconds;
  stop["force"] = how.by_force;
  if (how.signal) stop["signal"] = *how.signal;
  // Asked even when its process is gone: it may be between two restarts, which its monitor knows.
  std::optional<Conversation> with;
  try {
    with = ask(sandbox_of(home, container), stop);
  } catch (const base::Error&) {
    if (state_of(home, container).is_running()) throw;
  }
  if (!with) return state_of(home, container).is_running();
  if (with->answer.bool_or("killed", false)) warn_of_kill(container, seconds, how.signal);
  return true;
} catch (base::Error& error) {
  error.during(container.name);
  throw;
}

// Pause or unpause.
void ask_to(const home::Home& home, const Container& container, const char* what) try {
  if (ask(sandbox_of(home, container), request(what, container))) return;
  throw base::Error("it does not run: its state is " + word_of(state_of(home, container)));
} catch (base::Error& error) {
  error.during(container.name);
  throw;
}

// What it requires runs first; that may require more.
void start_dependencies(const home::Home& home, const Container& container) {
  for (const std::string& id : container.options.dependencies) {
    const auto dependency = find_by_id(home, id);
    if (!dependency) {
      throw base::Error(fmt::format("start {}: it requires container {}, which was removed",
                                    container.name, base::short_id(id)));
    }
    if (!state_of(home, *dependency).is_running()) start(home, *dependency);
  }
}

}  // namespace

void warn_of_kill(const Container& container, std::int64_t seconds, std::optional<int> number) {
  const std::string signal = number ? sys::signal_name(*number) : container.options.stop_signal;
  base::log::warn("StopSignal {} failed to stop container {} in {} seconds, resorting to SIGKILL",
                  signal.empty() ? "SIGTERM" : signal, container.name, seconds);
}

void start(const home::Home& home, const Container& container, std::optional<Recruit> recruit) {
  start_dependencies(home, container);
  ask_or_start(home, sandbox_of(home, container), start_request(container), std::move(recruit));
}

int start_attached(const home::Home& home, const Container& container, const Streams& streams,
                   std::optional<Recruit> recruit) {
  check_detach_keys(streams);
  start_dependencies(home, container);
  sys::SignalQueue signals = sys::SignalQueue::all();
  base::Json start = start_request(container);
  start["attach"] = true;
  const sys::WindowSize size = sys::window_size(STDIN_FILENO);
  start["rows"] = size.rows;
  start["columns"] = size.columns;
  const Conversation with =
      ask_or_start(home, sandbox_of(home, container), start, std::move(recruit));
  return follow(home, container, streams, with.socket, signals);
}

int attach(const home::Home& home, const Container& container, const Streams& streams) {
  check_detach_keys(streams);
  sys::SignalQueue signals = sys::SignalQueue::all();
  const auto with = ask(sandbox_of(home, container), request("attach", container));
  if (!with) {
    throw base::Error(
        fmt::format("attach {}: it does not run: you can only attach to running "
                    "containers",
                    container.name));
  }
  return follow(home, container, streams, with->socket, signals);
}

bool stop(const home::Home& home, const Container& container, std::optional<std::int64_t> timeout,
          std::optional<int> signal) {
  return ask_to_stop(home, container, {.timeout = timeout, .signal = signal});
}

bool stop_by_force(const home::Home& home, const Container& container,
                   std::optional<std::int64_t> timeout) {
  return ask_to_stop(home, container, {.timeout = timeout, .signal = {}, .by_force = true});
}

void pause(const home::Home& home, const Container& container) {
  ask_to(home, container, "pause");
}

void unpause(const home::Home& home, const Container& container) {
  ask_to(home, container, "unpause");
}

void kill(const home::Home& home, const Container& container, int signal) {
  const State state = state_of(home, container);
  if (!state.is_running()) {
    throw base::Error(
        fmt::format("kill {}: it does not run: its state is {}", container.name, word_of(state)));
  }
  base::Json kill = request("kill", container);
  kill["signal"] = signal;
  if (!ask(sandbox_of(home, container), kill)) {
    throw base::Error(fmt::format("kill {}: it has just ended", container.name));
  }
}

void restart(const home::Home& home, const Container& container,
             std::optional<std::int64_t> timeout, std::optional<int> signal) {
  stop(home, container, timeout, signal);
  start(home, container);
}

namespace {

// Its exit code, -1 where the field says so, once it is in one of these conditions.
std::optional<int> code_when(const home::Home& home, const Container& container,
                             const std::vector<std::string>& conditions) {
  const auto known = find_by_id(home, container.id);
  if (!known) return -1;
  const State state = state_of(home, *known);
  if (conditions.empty() && matches("stopped", state)) return state.exit_code;
  bool is_for_health = false;
  for (const std::string& condition : conditions) {
    is_for_health = is_for_health || is_health(condition);
    const bool is_met = is_health(condition) ? has_health(home, *known, state, condition)
                                             : matches(condition, state);
    if (!is_met) continue;
    return condition == "stopped" || condition == "exited" ? state.exit_code : -1;
  }
  if (is_for_health && !has_health_check(*known)) {
    throw base::Error(fmt::format("container {}: it has no health check", container.name));
  }
  if (is_for_health && matches("stopped", state) && !will_run_again(*known, state)) {
    throw base::Error(
        fmt::format("container {}: it has ended while its health was waited for", container.name));
  }
  return std::nullopt;
}

}  // namespace

int wait(const home::Home& home, const Container& container,
         const std::vector<std::string>& conditions, int interval_ms) {
  check_conditions(conditions);
  const bool for_end =
      conditions.empty() || conditions.front() == "stopped" || conditions.front() == "exited";
  if (for_end && conditions.size() <= 1 && state_of(home, container).is_running()) {
    if (const auto code = ask_for_end(home, container)) return *code;
  }
  return wait_for_first(home, {container}, conditions, interval_ms);
}

int wait_for_first(const home::Home& home, const std::vector<Container>& containers,
                   const std::vector<std::string>& conditions, int interval_ms) {
  check_conditions(conditions);
  while (true) {
    for (const Container& container : containers) {
      if (const auto code = code_when(home, container, conditions)) return *code;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(std::max(interval_ms, 10)));
  }
}

}  // namespace containers
