#include "cmd/pod/command.hpp"
#include "pkg/containers/amend.hpp"

namespace pod {

int rename(Arguments arguments) {
  std::string container;
  std::string name;

  cli::Options options("Give a container another name");
  options.argument("CONTAINER", container).argument("NAME", name);
  options.parse(arguments);

  const home::Home home = home::Home::open();
  containers::rename(home, containers::get(home, container), name);
  return 0;
}

}  // namespace pod
