#include "cmd/pod/command.hpp"
#include "pkg/home/home.hpp"
#include "pkg/images/catalog.hpp"

namespace pod {

int tag(Arguments arguments) {
  std::string image;
  std::vector<std::string> names;

  cli::Options options("Give an image further names");
  options.argument("IMAGE", image).rest("NAME", names, 1);
  options.parse(arguments);

  const home::Home home = home::Home::open();
  for (const std::string& name : names)
    images::tag(home, image, name);
  return 0;
}

}  // namespace pod
