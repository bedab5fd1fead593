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
  if (found.command != nullptr && found.command->run != nullptr) {
    return found.command->run({found.arguments.command, {"--help"}});
  }
  if (!words.empty() && found.command == nullptr && !is_group(words.front())) {
    throw base::Error(why_unknown(words));
  }
  if (found.command != nullptr) {
    throw base::Error("see pod " + std::string(found.command->name) + " --help");
  }
  cli::print(overview(words.empty() ? "" : words.front()));
  return 0;
}

}  // namespace pod
