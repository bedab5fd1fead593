#include "cmd/pod/command.hpp"
#include "pkg/base/error.hpp"
#include "pkg/home/places.hpp"
#include "pkg/sys/secret.hpp"

#include <unistd.h>

namespace pod {

int run_command(const Command& command, const Arguments& arguments) {
  if (command.run != nullptr) return command.run(arguments);

  std::vector<std::string> words = {home::transfer_program(), std::string(command.name)};
  words.insert(words.end(), arguments.words.begin(), arguments.words.end());
  const std::vector<sys::SharedSecret> secrets = sys::share_secrets(words);
  std::vector<char*> argv;
  for (std::string& word : words)
    argv.push_back(word.data());
  argv.push_back(nullptr);
  ::execv(argv.front(), argv.data());
  throw base::SysError(words.front());
}

}  // namespace pod
