#include "cmd/pod/command.hpp"
#include "pkg/images/ensure.hpp"
#include "pkg/images/lists.hpp"

namespace pod {

int image_exists(Arguments arguments) {
  std::string name;

  cli::Options options("Tell by the exit code whether an image exists: 0 yes, 1 no");
  options.argument("IMAGE", name);
  options.parse(arguments);

  const home::Home home = home::Home::open();
  return images::find(home, name) || images::find_list(home, name) ? 0 : 1;
}

}  // namespace pod
