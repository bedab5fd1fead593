#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/selection.hpp"
#include "pkg/base/error.hpp"
#include "pkg/containers/lifecycle.hpp"
#include "pkg/images/catalog.hpp"

#include <fmt/core.h>

namespace pod {
namespace {

// The containers of an image; removed first when that is asked for.
std::vector<std::string> users_of(const home::Home& home, const std::string& image_id,
                                  bool remove) {
  std::vector<std::string> users;
  for (const containers::Container& container : containers::list(home)) {
    if (container.image_id != image_id) continue;
    if (remove) {
      containers::remove(home, container, {.force = true, .volumes = true, .timeout = {}});
    } else {
      users.push_back(container.name);
    }
  }
  return users;
}

void remove_image(const home::Home& home, const std::string& name, bool force) {
  const std::optional<storage::Image> image = images::find(home, name);
  if (!image) throw base::Error(fmt::format("{}: no such image", name), 1);
  const images::Removal removal =
      images::remove(home, name, force, users_of(home, image->id, force));
  for (const std::string& untagged : removal.untagged)
    cli::print("Untagged: " + untagged + "\n");
  for (const std::string& deleted : removal.deleted)
    cli::print("Deleted: " + deleted + "\n");
}

}  // namespace

int rmi(Arguments arguments) {
  std::vector<std::string> names;
  bool all = false;
  bool force = false;
  bool ignore = false;

  cli::Options options("Remove images");
  options.flag("-a,--all", all, "All images that no container uses")
      .flag("-f,--force", force, "With all their names and containers; a missing one is no error")
      .flag("-i,--ignore", ignore, "A missing image is no error")
      .ignore_flags("--no-prune")
      .rest("IMAGE", names);
  options.parse(arguments);
  if (names.empty() && !all) throw base::Error("name an image, or use --all");

  const home::Home home = home::Home::open();
  if (all) {
    for (const storage::Image& image : images::list(home, {}))
      names.push_back(image.id);
  }
  Outcome outcome(arguments.command);
  for (const std::string& name : names) {
    if ((ignore || force) && !images::find(home, name)) continue;
    outcome.attempt([&] { remove_image(home, name, force); });
  }
  return outcome.status();
}

}  // namespace pod
