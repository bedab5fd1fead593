#include "cmd/pod/command.hpp"
#include "cmd/pod/selection.hpp"
#include "pkg/base/error.hpp"
#include "pkg/containers/lifecycle.hpp"

namespace pod {

int attach(Arguments arguments) {
  std::optional<std::string> name;
  bool latest = false;
  bool no_stdin = false;
  containers::Streams streams;

  cli::Options options("Tie this terminal to a running container");
  options.flag("--no-stdin", no_stdin, "Leave standard input alone")
      .flag("--sig-proxy", streams.signals, "Pass signals on to it")
      .value("--detach-keys", streams.detach_keys, "Keys that leave it running")
      .flag("-l,--latest", latest, "The newest container")
      .argument("CONTAINER", name);
  options.parse(arguments);
  if (!name && !latest) throw base::Error("name a container, or use --latest");

  const home::Home home = home::Home::open();
  const containers::Container container = one_container(home, name.value_or(""), latest);
  streams.in = !no_stdin && container.options.interactive;
  return containers::attach(home, container, streams);
}

}  // namespace pod
