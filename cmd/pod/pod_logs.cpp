#include "cmd/pod/command.hpp"
#include "cmd/pod/log_options.hpp"
#include "pkg/base/error.hpp"

namespace pod {

int pod_logs(Arguments arguments) {
  std::optional<std::string> name;
  std::string member;
  bool latest = false;
  LogFlags flags;

  cli::Options options("Show what the containers of a pod wrote");
  flags.declare(options);
  options.value("-c,--container", member, "Only this one")
      .flag("-l,--latest", latest, "The newest pod")
      .argument("POD", name);
  options.parse(arguments);
  if (!name && !latest) throw base::Error("name a pod, or use --latest");

  const home::Home home = home::Home::open();
  const std::optional<pods::Pod> pod = latest ? pods::latest(home) : pods::get(home, *name);
  if (!pod) throw base::Error("there is no pod");
  const std::vector<containers::Container> chosen =
      member.empty() ? pods::members(home, *pod) : std::vector{member_of(home, *pod, member)};
  containers::print_logs(home, chosen, flags.take());
  return 0;
}

}  // namespace pod
