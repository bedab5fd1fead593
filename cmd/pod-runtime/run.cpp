#include "cmd/pod-runtime/command.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/bundle/console.hpp"
#include "pkg/bundle/lifecycle.hpp"

namespace pod_runtime {
namespace {

void remove_quietly(const bundle::Container& container) {
  try {
    bundle::remove(container, true);
  } catch (const base::Error& error) {
    base::log::warn("{}", error.what());
  }
}

}  // namespace

int run(const Global& global, const cli::Arguments& arguments) {
  bundle::CreateOptions create;
  bool no_keyring = false;
  bool detach = false;
  bool keep = false;

  cli::Options options("Create a container and start it");
  add_create_options(options, create, no_keyring);
  options.flag("-d,--detach", detach, "Do not wait for its end")
      .flag("--keep", keep, "Do not delete it at its end");
  options.parse(arguments);

  create.root = global.root;
  create.cgroups = global.cgroups;
  create.has_keyring = !no_keyring;
  create.keeps_terminal = !detach && create.console_socket.empty();
  const bundle::Created created = bundle::create(create);
  try {
    bundle::start(created.container);
  } catch (const base::Error&) {
    bundle::hear_out(created.terminal);
    remove_quietly(created.container);
    throw;
  }
  if (detach) return 0;
  const int status = bundle::attend(created.container.process.pid, created.terminal);
  if (!keep) remove_quietly(created.container);
  return status;
}

}  // namespace pod_runtime
