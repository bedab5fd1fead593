#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/container_options.hpp"
#include "pkg/base/error.hpp"
#include "pkg/containers/lifecycle.hpp"

namespace pod {
namespace {

containers::Options::Role role_of(const std::string& text) {
  using Role = containers::Options::Role;
  if (text.empty()) return Role::Main;
  if (text == "once") return Role::InitOnce;
  if (text == "always") return Role::InitAlways;
  throw base::Error("--init-ctr: " + text + ": not one of once, always");
}

}  // namespace

int create(Arguments arguments) {
  ContainerFlags flags;
  std::string init_container;

  cli::Options options("Create a container without starting it");
  flags.declare(options);
  options.value("--init-ctr", init_container, "Runs before the pod's others: once, always")
      .ignore_values("-a,--attach");
  options.parse(arguments);

  containers::Options wanted = flags.take(arguments);
  wanted.role = role_of(init_container);
  const home::Home home = home::Home::open();
  resolve(home, flags, wanted);
  if (wanted.role != containers::Options::Role::Main && wanted.pod.empty()) {
    throw base::Error("--init-ctr needs --pod");
  }
  cli::print(containers::create(home, wanted).id + "\n");
  return 0;
}

}  // namespace pod
