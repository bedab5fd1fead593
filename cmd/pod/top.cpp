#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/processes.hpp"
#include "cmd/pod/selection.hpp"
#include "pkg/base/error.hpp"
#include "pkg/containers/report.hpp"

namespace pod {

int top(Arguments arguments) {
  std::vector<std::string> words;
  bool latest = false;

  cli::Options options("Show the processes of a container");
  options.flag("-l,--latest", latest, "The newest container")
      .refuse("--list-descriptors")
      .rest("CONTAINER DESCRIPTOR", words);
  options.parse(arguments);
  if (words.empty() && !latest) throw base::Error("name a container, or use --latest");

  const home::Home home = home::Home::open();
  const std::string name = latest ? "" : words.front();
  if (!latest) words.erase(words.begin());
  cli::print(process_table(
      containers::top(home, one_container(home, name, latest), split_descriptors(words))));
  return 0;
}

}  // namespace pod
