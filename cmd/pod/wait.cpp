#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/selection.hpp"
#include "pkg/base/text.hpp"
#include "pkg/base/time.hpp"
#include "pkg/containers/lifecycle.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>

namespace pod {
namespace {

// A duration; a bare number is milliseconds.
int parse_interval(const std::string& text) {
  const std::optional<std::int64_t> number = base::parse_integer(text);
  const std::int64_t milliseconds =
      number ? *number
             : std::chrono::duration_cast<std::chrono::milliseconds>(base::parse_duration(text))
                   .count();
  constexpr std::int64_t kLongest = 3'600'000;
  return static_cast<int>(std::clamp<std::int64_t>(milliseconds, 1, kLongest));
}

}  // namespace

int wait(Arguments arguments) {
  ContainerSelection selection;
  std::vector<std::string> conditions;
  std::string interval = "250ms";
  bool first = false;

  cli::Options options("Wait until containers stop and show their exit codes");
  options.list("--condition", conditions, "Wait for this instead: running, healthy, exited ...")
      .flag("--ignore", selection.ignore, "For a missing container show -1")
      .value("-i,--interval", interval, "How often to look where no event tells")
      .flag("-l,--latest", selection.latest, "The newest container")
      .flag("--exit-first-match", first, "One of several is enough")
      .rest("CONTAINER", selection.names);
  options.parse(arguments);

  const int pause = parse_interval(interval);
  const home::Home home = home::Home::open();
  Outcome outcome(arguments.command);
  for (const std::string& name : selection.names) {
    if (selection.ignore && !containers::find(home, name)) cli::print("-1\n");
  }
  if (first) {
    std::vector<containers::Container> all;
    for (auto& [typed, container] : selection.choose(home, outcome))
      all.push_back(std::move(container));
    if (all.empty() || outcome.status() != 0) return outcome.status();
    cli::print(fmt::format("{}\n", containers::wait_for_first(home, all, conditions, pause)));
    return 0;
  }
  for (const auto& [typed, container] : selection.choose(home, outcome)) {
    outcome.attempt([&] {
      cli::print(fmt::format("{}\n", containers::wait(home, container, conditions, pause)));
    });
  }
  return outcome.status();
}

}  // namespace pod
