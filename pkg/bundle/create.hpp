#pragma once

#include "pkg/bundle/cgroups.hpp"
#include "pkg/bundle/store.hpp"
#include "pkg/sys/fd.hpp"

#include <string>

namespace bundle {

struct CreateOptions {
  std::string root;
  std::string id;
  std::string bundle = ".";
  std::string config;          // the file's name in the bundle, or a path; "" for config.json
  std::string console_socket;  // gets the terminal's master side
  std::string pid_file;
  std::int64_t preserve_fds = 0;
  bool has_keyring = true;      // a session keyring of its own
  bool keeps_old_root = false;  // below the new one, where it cannot be taken off
  Cgroups cgroups = Cgroups::Files;
  bool keeps_terminal = false;  // no console socket is needed: the caller has the terminal itself
};

struct Created {
  Container container;
  sys::Fd terminal;  // with `keeps_terminal`
};

// runtime.md, "Lifecycle", steps 1 to 5: the container is there, its process waits. It is our child
// until we end. On failure nothing is left, and the poststop hooks have run if others had begun to.
Created create(const CreateOptions& options);

}  // namespace bundle
