#pragma once

#include "pkg/sys/fd.hpp"

#include <string>
#include <string_view>
#include <vector>

// Secrets on command lines: everybody can read those of all processes.
namespace sys {

// A text that a program we start can read by a name, which is all that is seen of it:
// "/dev/fd/7". It lasts as long as the file is open.
struct SharedSecret {
  Fd file;
  std::string name;
};
SharedSecret share_secret(std::string_view text);

// What such a name stands for; any other text is itself. Throws SysError.
std::string read_shared(const std::string& text);

// The secrets of a command line are the values of --creds and --password (`login`: -p as well).
// Makes our own tell nothing of them.
void hide_secrets(int argc, char** argv);
// The same for a copy that is kept; --password there is the container's own.
void mask_secrets(std::vector<std::string>& words);
// Puts names in their place, for a program that we start.
std::vector<SharedSecret> share_secrets(std::vector<std::string>& words);

}  // namespace sys
