#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/processes.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/containers/descriptors.hpp"
#include "pkg/containers/report.hpp"
#include "pkg/pods/pod.hpp"

namespace pod {

int pod_top(Arguments arguments) {
  std::vector<std::string> words;
  bool latest = false;
  bool lists = false;

  cli::Options options("Show the processes of a pod");
  options.flag("-l,--latest", latest, "The newest pod")
      .flag("--list-descriptors", lists, "Show what can be shown of a process")
      .rest("POD DESCRIPTOR", words);
  options.parse(arguments);
  if (lists) {
    cli::print(base::join(containers::descriptor_names(), "\n") + "\n");
    return 0;
  }
  if (words.empty() && !latest) throw base::Error("name a pod, or use --latest");

  const home::Home home = home::Home::open();
  const std::optional<pods::Pod> pod = latest ? pods::latest(home) : pods::get(home, words.front());
  if (!pod) throw base::Error("there is no pod");
  if (!latest) words.erase(words.begin());
  const std::vector<std::string> descriptors = split_descriptors(words);

  std::vector<std::vector<std::string>> rows;
  for (const containers::Container& container : pods::members(home, *pod)) {
    if (!containers::state_of(home, container).is_running()) continue;
    const std::vector<std::vector<std::string>> more =
        containers::top(home, container, descriptors);
    rows.insert(rows.end(), more.begin() + (rows.empty() ? 0 : 1), more.end());
  }
  if (rows.empty()) throw base::Error("pod " + pod->name + " has no running container");
  cli::print(process_table(rows));
  return 0;
}

}  // namespace pod
