#include "cmd/pod-runtime/command.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/json.hpp"
#include "pkg/base/text.hpp"
#include "pkg/bundle/lifecycle.hpp"
#include "pkg/sys/child.hpp"

#include <fmt/core.h>

#include <unistd.h>

namespace pod_runtime {

int ps(const Global& global, const cli::Arguments& arguments) {
  std::string id;
  std::string format = "table";
  std::vector<std::string> words;

  cli::Options options("List the processes of a container");
  options.value("-f,--format", format, "table or json")
      .argument("CONTAINER", id)
      .rest("PS-OPTION", words)
      .stop_at_argument();
  options.parse(arguments);
  if (format != "table" && format != "json") {
    throw base::Error("ps: --format " + format + ": expected table or json");
  }

  const std::vector<pid_t> pids = bundle::processes(bundle::load(global.root, id));
  if (format == "json") {
    base::Json json = base::Json::array();
    for (const pid_t pid : pids)
      json.push_back(static_cast<std::int64_t>(pid));
    fmt::print("{}\n", json.dump());
    return 0;
  }
  if (words.empty()) {
    fmt::print("PID\n");
    for (const pid_t pid : pids)
      fmt::print("{}\n", pid);
    return 0;
  }
  // ps(1) knows how to show them: those of the container are picked by number.
  std::vector<std::string> numbers;
  for (const pid_t pid : pids)
    numbers.push_back(std::to_string(pid));
  words.insert(words.begin(), "ps");
  words.insert(words.end(), {"-p", base::join(numbers, ",")});
  return sys::Child::spawn(words, {-1, STDOUT_FILENO, STDERR_FILENO}).wait();
}

}  // namespace pod_runtime
