#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/systemd_unit.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/sys/file.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>

namespace pod {
namespace {

struct GenerateFlags {
  UnitStyle style;
  std::string name;
  std::string format;
  bool to_files = false;
  bool no_header = false;

  void declare(cli::Options& options) {
    options
        .flag("--new", style.makes_anew, "Make it anew at each start, and remove it at each stop")
        .flag("-n,--name", style.by_name, "Name it in the unit, rather than its id")
        .flag("-f,--files", to_files, "Write files here, and show their paths")
        .value("--format", format, "json: an object of names and texts")
        .flag("--no-header", no_header, "Leave out who wrote it and when")
        .value("--restart-policy", style.restart_policy, "systemd's Restart=")
        .value("--restart-sec", style.restart_seconds, "systemd's RestartSec=")
        .value("--start-timeout", style.start_timeout, "systemd's TimeoutStartSec=")
        .value("-t,--stop-timeout,--time", style.stop_timeout, "Seconds until SIGKILL at a stop")
        .value("--container-prefix", style.container_prefix, "What a container's unit begins with")
        .value("--pod-prefix", style.pod_prefix, "What a pod's unit begins with")
        .value("--separator", style.separator, "What stands between prefix and name")
        .values("--after", style.after, "Unit to start after")
        .values("--wants", style.wants, "Unit to start as well")
        .values("--requires", style.requires_units, "Unit that must have started")
        .values("-e,--env", style.env, "Variable of the unit: NAME=VALUE")
        .refuse("--template")
        .argument("NAME", name);
  }
};

void check(const std::string& restart_policy) {
  constexpr std::string_view kPolicies[] = {
      "no", "on-success", "on-failure", "on-abnormal", "on-watchdog", "on-abort", "always"};
  if (std::find(std::begin(kPolicies), std::end(kPolicies), restart_policy) ==
      std::end(kPolicies)) {
    throw base::Error("--restart-policy: " + restart_policy + ": not a word of systemd's Restart=");
  }
}

Unit make_unit(const home::Home& home, const GenerateFlags& flags) {
  if (const auto pod = pods::find(home, flags.name)) return unit_of(home, *pod, flags.style);
  const containers::Container container = containers::get(home, flags.name);
  using When = containers::RestartPolicy::When;
  if (!container.pod.empty()) {
    throw base::Error("container " + container.name + " is in a pod: name the pod");
  }
  if (container.options.restart.when != When::No && !flags.style.makes_anew) {
    base::log::warn(
        "container {} has a restart policy of its own, {}: systemd sees an end only "
        "when that gives up; `pod update --restart=no {}` takes it away",
        container.name, container.options.restart.text(), container.name);
  }
  return unit_of(container, flags.style);
}

}  // namespace

int generate_systemd(Arguments arguments) {
  GenerateFlags flags;
  cli::Options options("Write a systemd unit for a container or a pod");
  flags.declare(options);
  options.parse(arguments);
  check(flags.style.restart_policy);
  if (!flags.format.empty() && flags.format != "json") throw base::Error("--format: only json");
  flags.style.has_header = !flags.no_header;

  const Unit unit = make_unit(home::Home::open(), flags);
  if (flags.to_files) {
    const std::string path = (std::filesystem::current_path() / (unit.name + ".service")).string();
    sys::replace_file(path, unit.text);
    cli::print(path + "\n");
  } else if (flags.format == "json") {
    cli::print(base::Json::object({{unit.name, unit.text}}).dump() + "\n");
  } else {
    cli::print(unit.text);
  }
  return 0;
}

}  // namespace pod
