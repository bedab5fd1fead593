#include "cmd/pod-runtime/command.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/json.hpp"
#include "pkg/base/time.hpp"
#include "pkg/bundle/lifecycle.hpp"
#include "pkg/sys/interruption.hpp"

#include <fmt/core.h>

#include <chrono>
#include <cstdio>
#include <thread>

namespace pod_runtime {

int events(const Global& global, const cli::Arguments& arguments) {
  std::string id;
  std::string interval = "5s";
  bool stats = false;

  cli::Options options("Show what the kernel counts of a container");
  options.flag("--stats", stats, "Once, and end")
      .value("--interval", interval, "Time between two lines")
      .argument("CONTAINER", id);
  options.parse(arguments);

  const std::chrono::nanoseconds pause = base::parse_duration(interval);
  while (true) {
    const bundle::Container container = bundle::load(global.root, id);
    const base::Json json = base::Json::object(
        {{"type", "stats"}, {"id", id}, {"data", bundle::statistics(container)}});
    fmt::print("{}\n", json.dump());
    if (stats) return 0;
    std::fflush(stdout);
    std::this_thread::sleep_for(pause);
    if (bundle::status_of(container) == bundle::Status::Stopped) return 0;
  }
}

}  // namespace pod_runtime
