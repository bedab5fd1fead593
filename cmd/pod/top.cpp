#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/processes.hpp"
#include "cmd/pod/selection.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/containers/descriptors.hpp"
#include "pkg/containers/lifecycle.hpp"
#include "pkg/containers/report.hpp"

#include <algorithm>

namespace pod {
namespace {

// What is not ours to tell, the container's own ps(1) is asked for: `top web aux`.
int run_ps(const home::Home& home, const containers::Container& container,
           const std::vector<std::string>& words) {
  containers::ExecOptions options;
  options.command = {"ps"};
  options.command.insert(options.command.end(), words.begin(), words.end());
  return containers::exec(home, container, options);
}

}  // namespace

int top(Arguments arguments) {
  std::vector<std::string> words;
  bool latest = false;
  bool lists = false;

  cli::Options options("Show the processes of a container");
  options.flag("-l,--latest", latest, "The newest container")
      .flag("--list-descriptors", lists, "Show what can be shown of a process")
      .stop_at_argument()
      .rest("CONTAINER DESCRIPTOR", words);
  options.parse(arguments);
  if (lists) {
    cli::print(base::join(containers::descriptor_names(), "\n") + "\n");
    return 0;
  }
  if (words.empty() && !latest) throw base::Error("name a container, or use --latest");

  const home::Home home = home::Home::open();
  const std::string name = latest ? "" : words.front();
  if (!latest) words.erase(words.begin());
  const containers::Container container = one_container(home, name, latest);
  const std::vector<std::string> descriptors = split_descriptors(words);
  if (!std::all_of(descriptors.begin(), descriptors.end(), containers::is_descriptor)) {
    return run_ps(home, container, words);
  }
  cli::print(process_table(containers::top(home, container, descriptors)));
  return 0;
}

}  // namespace pod
