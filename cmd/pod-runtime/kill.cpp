#include "cmd/pod-runtime/command.hpp"
#include "pkg/bundle/lifecycle.hpp"
#include "pkg/sys/signals.hpp"

#include <optional>

namespace pod_runtime {

int kill(const Global& global, const cli::Arguments& arguments) {
  std::string id;
  std::optional<std::string> signal;
  bool all = false;

  cli::Options options("Send a signal to a container");
  options.flag("-a,--all", all, "To all its processes, not just the first")
      .refuse("-r,--regex")
      .argument("CONTAINER", id)
      .argument("SIGNAL", signal);
  options.parse(arguments);

  // 0 asks whether there is a process to get one; see kill(2).
  const int number = signal == "0" ? 0 : sys::signal_number(signal.value_or("TERM"));
  bundle::kill(bundle::load(global.root, id), number, all);
  return 0;
}

}  // namespace pod_runtime
