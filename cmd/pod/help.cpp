#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "pkg/base/error.hpp"

namespace pod {

int help(Arguments arguments) {
  std::vector<std::string> words;

  cli::Options options("Show the help of a command");
  options.rest("COMMAND", words);
  options.parse(arguments);

  const Found found = find_command(words);
  if (found.command != nullptr) {
    return run_command(*found.command, {found.arguments.command, {"--help"}});
  }
  if (!words.empty() && !is_group(words.front())) throw base::Error(why_unknown(words));
  cli::print(overview(words.empty() ? "" : words.front()));
  return 0;
}

}  // namespace pod
