#include "pkg/bundle/create.hpp"

#include "cmd/pod-runtime/command.hpp"

namespace pod_runtime {

void add_create_options(cli::Options& options, bundle::CreateOptions& create, bool& no_keyring) {
  options.value("-b,--bundle", create.bundle, "Folder with config.json")
      .value("-f,--config", create.config, "Another file than config.json")
      .value("--console-socket", create.console_socket, "Socket that gets the terminal")
      .value("--pid-file", create.pid_file, "File that gets the process's number")
      .value("--preserve-fds", create.preserve_fds, "Pass so many descriptors on, from 3")
      .flag("--no-new-keyring", no_keyring, "Keep the caller's session keyring")
      .ignore_flags("--no-subreaper")
      .flag("--no-pivot", create.keeps_old_root, "Leave the old root below the new one")
      .argument("CONTAINER", create.id);
}

int create(const Global& global, const cli::Arguments& arguments) {
  bundle::CreateOptions create;
  bool no_keyring = false;

  cli::Options options("Create a container; its process waits");
  add_create_options(options, create, no_keyring);
  options.parse(arguments);

  create.root = global.root;
  create.cgroups = global.cgroups;
  create.has_keyring = !no_keyring;
  bundle::create(create);
  return 0;
}

}  // namespace pod_runtime
