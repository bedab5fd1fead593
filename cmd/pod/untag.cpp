#include "cmd/pod/command.hpp"
#include "pkg/base/error.hpp"
#include "pkg/images/ensure.hpp"
#include "pkg/oci/reference.hpp"
#include "storage/image_store.hpp"

#include <algorithm>

namespace pod {

int untag(Arguments arguments) {
  std::string name;
  std::vector<std::string> names;

  cli::Options options("Take names from an image: those that follow, or all");
  options.argument("IMAGE", name).rest("NAME", names);
  options.parse(arguments);

  const home::Home home = home::Home::open();
  const std::optional<images::Found> found = images::find_named(home, name, true);
  if (!found) throw base::Error(name + ": no such image");
  const storage::Image& image = found->image;
  const storage::ImageStore store{storage::Layout(home)};

  std::vector<std::string> wanted;
  for (const std::string& each : names)
    wanted.push_back(oci::Reference::parse(each).text());
  if (names.empty()) wanted = image.names;
  for (const std::string& each : wanted) {
    if (std::find(image.names.begin(), image.names.end(), each) == image.names.end()) {
      throw base::Error(each + ": not a name of this image");
    }
    store.untag(each);
  }
  return 0;
}

}  // namespace pod
