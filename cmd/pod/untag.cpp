#include "cmd/pod/command.hpp"
#include "pkg/base/error.hpp"
#include "pkg/events/log.hpp"
#include "pkg/images/catalog.hpp"
#include "pkg/images/ensure.hpp"
#include "pkg/images/lists.hpp"
#include "pkg/oci/reference.hpp"
#include "storage/image_store.hpp"

#include <algorithm>

namespace pod {
namespace {

bool has_name(const storage::Image& image, const std::string& name) {
  return std::find(image.names.begin(), image.names.end(), name) != image.names.end();
}

// What was made here is meant first by a name without a registry.
std::string name_of(const storage::Image& image, const std::string& typed) {
  for (const std::string& name : {images::local_name(typed), oci::Reference::parse(typed).text()}) {
    if (has_name(image, name)) return name;
  }
  throw base::Error(typed + ": not a name of this image");
}

storage::Image find_image_or_list(const home::Home& home, const std::string& name) {
  if (const auto list = images::find_list(home, name, true)) return images::as_image(list->list);
  if (auto found = images::find_named(home, name, true)) return std::move(found->image);
  throw base::Error(name + ": image not known");
}

}  // namespace

int untag(Arguments arguments) {
  std::string name;
  std::vector<std::string> names;

  cli::Options options("Take names from an image: those that follow, or all");
  options.argument("IMAGE", name).rest("NAME", names);
  options.parse(arguments);

  const home::Home home = home::Home::open();
  const storage::Image image = find_image_or_list(home, name);
  images::require_own(image, name);
  const storage::ImageStore store{storage::Layout(home)};

  std::vector<std::string> wanted;
  for (const std::string& each : names)
    wanted.push_back(name_of(image, each));
  if (names.empty()) wanted = image.names;
  for (const std::string& each : wanted) {
    store.untag(each);
    events::note(home, "untag", {.type = "image", .id = image.id, .name = each});
  }
  return 0;
}

}  // namespace pod
