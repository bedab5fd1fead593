#pragma once

#include "pkg/bundle/store.hpp"
#include "pkg/oci/process.hpp"

#include <optional>
#include <string>
#include <vector>

namespace bundle {

struct ExecOptions {
  std::string process_file;  // the whole process as JSON, instead of all that follows
  std::vector<std::string> args;
  std::vector<std::string> env;
  std::string cwd;
  std::string user;  // "1000" or "1000:50"
  std::vector<std::int64_t> groups;
  std::vector<std::string> capabilities;
  std::string apparmor;
  bool no_new_privileges = false;
  bool terminal = false;

  bool detach = false;
  bool ignores_pause = false;
  std::string console_socket;
  std::string pid_file;
  std::int64_t preserve_fds = 0;
};

// One more process in a running container. Its exit status; 0 at once with `detach`.
int exec(const Container& container, const ExecOptions& options);

}  // namespace bundle
