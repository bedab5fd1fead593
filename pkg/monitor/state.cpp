#include "pkg/monitor/state.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/json.hpp"
#include "pkg/base/text.hpp"
#include "pkg/cgroup/cgroup.hpp"
#include "pkg/sys/file.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <ctime>
#include <string_view>

#include <sys/stat.h>

namespace monitor {
namespace {

constexpr std::array<std::string_view, 6> kWords = {"created",  "running", "paused",
                                                    "stopping", "exited",  "removing"};

std::string file_of(const std::string& runtime_directory) {
  return runtime_directory + kStateName;
}

Status parse_status(const std::string& word) {
  const auto* found = std::find(kWords.begin(), kWords.end(), word);
  if (found == kWords.end()) throw base::Error("status " + word + ": unknown");
  return static_cast<Status>(found - kWords.begin());
}

base::Json process_json(const sys::ProcessName& process) {
  return base::Json::object({{"pid", process.pid}, {"start", process.start_time}});
}

sys::ProcessName process_of(const base::Json& json) {
  return {static_cast<pid_t>(json.integer_or("pid", 0)),
          static_cast<std::uint64_t>(json.integer_or("start", 0))};
}

State parse(const base::Json& json) {
  State state;
  state.status = parse_status(json.at("status").as_string());
  state.process = process_of(json.at("process"));
  state.monitor = process_of(json.at("monitor"));
  state.started = json.integer_or("started", 0);
  state.finished = json.integer_or("finished", 0);
  state.exit_code = static_cast<int>(json.integer_or("exit_code", 0));
  state.oom_killed = json.bool_or("oom_killed", false);
  state.restarts = json.integer_or("restarts", 0);
  state.error = json.string_or("error", "");
  state.cgroup = json.string_or("cgroup", "");
  return state;
}

base::Time modified(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return base::now();
  return status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec;
}

// The monitor was killed. The kernel killed the containers with it; should one have escaped that by
// changing its credentials, it goes now, and so does what else is in its cgroup.
void bury(State& state, const std::string& runtime_directory) {
  if (const auto process = sys::open_process(state.process)) {
    sys::send_signal(*process, SIGKILL);
    sys::wait_for_end(*process, 5000);
  }
  cgroup::remove(state.cgroup);
  state.cgroup.clear();
  state.status = Status::Exited;
  state.exit_code = 128 + SIGKILL;
  state.error = "its monitor was killed";
  state.finished = modified(file_of(runtime_directory));
  state.process = {};
}

base::Json json_of(const State& state) {
  base::Json json = base::Json::object({{"status", status_word(state.status)},
                                        {"process", process_json(state.process)},
                                        {"monitor", process_json(state.monitor)},
                                        {"started", state.started},
                                        {"finished", state.finished},
                                        {"exit_code", state.exit_code},
                                        {"restarts", state.restarts}});
  if (state.oom_killed) json["oom_killed"] = true;
  if (!state.error.empty()) json["error"] = state.error;
  if (!state.cgroup.empty()) json["cgroup"] = state.cgroup;
  return json;
}

// Process numbers mean nothing after another.
std::string boot() {
  return std::string(base::trim(sys::read_file("/proc/sys/kernel/random/boot_id")));
}

base::Time time_of_boot() {
  timespec up{};
  ::clock_gettime(CLOCK_BOOTTIME, &up);
  return base::now() - up.tv_sec * 1'000'000'000 - up.tv_nsec;
}

// What ran when the machine went down has ended with it.
State last_state(const std::string& directory) {
  const auto text = sys::find_file(file_of(directory));
  if (!text) return {};
  const base::Json json = base::Json::parse(*text);
  State state = parse(json);
  const bool is_of_now = json.string_or("boot", "") == boot();
  if (!state.is_running() || (is_of_now && sys::is_alive(state.monitor))) return state;
  state.status = Status::Exited;
  state.exit_code = 128 + SIGKILL;
  state.error = is_of_now ? "its monitor was killed" : "it ran until the machine went down";
  state.finished = is_of_now ? base::now() : std::max(state.started, time_of_boot());
  state.process = {};
  state.cgroup.clear();
  return state;
}

}  // namespace

std::string status_word(Status status) {
  return std::string(kWords.at(static_cast<std::size_t>(status)));
}

State read_state(const std::string& runtime_directory, const std::string& directory) try {
  const auto text = sys::find_file(file_of(runtime_directory));
  if (!text) return last_state(directory);
  State state = parse(base::Json::parse(*text));
  if (state.is_running() && !sys::is_alive(state.monitor)) bury(state, runtime_directory);
  return state;
} catch (base::Error& error) {
  error.during(file_of(runtime_directory));
  throw;
}

void write_state(const std::string& runtime_directory, const State& state) {
  sys::replace_file(file_of(runtime_directory), json_of(state).dump(), 0600);
}

void write_last_state(const std::string& directory, const State& state) {
  base::Json json = json_of(state);
  json["boot"] = boot();
  sys::replace_file(file_of(directory), json.dump(), 0600);
}

}  // namespace monitor
