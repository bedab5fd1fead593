#include "cmd/pod/command.hpp"
#include "pkg/base/error.hpp"
#include "pkg/userns/enter.hpp"

#include <cerrno>
#include <cstdlib>

#include <unistd.h>

namespace pod {

int unshare(Arguments arguments) {
  std::vector<std::string> words;

  cli::Options options("Run a command in the user namespace that containers live in");
  options.refuse("--rootless-netns").stop_at_argument().rest("COMMAND", words);
  options.parse(arguments);
  if (words.empty()) {
    const char* const shell = std::getenv("SHELL");  // NOLINT(concurrency-mt-unsafe)
    words.emplace_back(shell != nullptr ? shell : "/bin/sh");
  }

  userns::enter(home::Home::open());
  std::vector<char*> argv;
  for (std::string& word : words)
    argv.push_back(word.data());
  argv.push_back(nullptr);
  ::execvp(argv.front(), argv.data());
  constexpr int kNotFound = 127;
  constexpr int kCannotExecute = 126;
  throw base::SysError(words.front(), errno, errno == ENOENT ? kNotFound : kCannotExecute);
}

}  // namespace pod
