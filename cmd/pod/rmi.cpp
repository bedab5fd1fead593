#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/selection.hpp"
#include "pkg/base/error.hpp"
#include "pkg/containers/lifecycle.hpp"
#include "pkg/images/catalog.hpp"
#include "pkg/images/lists.hpp"

#include <fmt/core.h>

#include <set>

namespace pod {
namespace {

// The containers of an image; removed first when that is asked for.
std::vector<std::string> users_of(const home::Home& home, const std::string& image_id,
                                  bool remove) {
  std::vector<std::string> users;
  for (const containers::Container& container : containers::list(home)) {
    if (!containers::uses_image(container, image_id)) continue;
    if (remove) {
      containers::remove(home, container, {.force = true, .volumes = true, .timeout = {}});
    } else {
      users.push_back(container.name);
    }
  }
  return users;
}

// What was named, and which image or list that meant before anything was removed.
struct Wanted {
  std::string name;
  std::string id;
};

std::string id_of(const home::Home& home, const std::string& name) {
  if (const auto list = images::find_list(home, name)) return list->list.id;
  const std::optional<storage::Image> image = images::find(home, name);
  if (image) images::require_own(*image, name);
  return image ? image->id : "";
}

std::vector<Wanted> look_up(const home::Home& home, const std::vector<std::string>& names) {
  std::vector<Wanted> all;
  for (const std::string& name : names)
    all.push_back({name, id_of(home, name)});
  return all;
}

std::vector<Wanted> all_images(const home::Home& home) {
  std::vector<Wanted> all;
  for (const storage::Image& image : images::list(home, {"readonly=false"}))
    all.push_back({image.id, image.id});
  return all;
}

struct RmiFlags {
  bool all = false;
  bool force = false;
  bool ignore = false;
};

void remove_image(const home::Home& home, const Wanted& wanted, const RmiFlags& flags,
                  std::set<std::string>& gone) {
  const std::string id = id_of(home, wanted.name);
  if (id.empty() && (flags.ignore || flags.force || gone.contains(wanted.id))) return;
  if (id.empty()) throw base::Error(fmt::format("{}: image not known", wanted.name), 1);
  const std::vector<std::string> users = users_of(home, id, flags.force);
  // All means with all their names, too, but not with their containers.
  const bool is_forced = flags.force || (flags.all && users.empty());
  const images::Removal removal =
      images::remove(home, wanted.name, is_forced, [&] { return users_of(home, id, false); });
  gone.insert(removal.deleted.begin(), removal.deleted.end());
  for (const std::string& untagged : removal.untagged)
    cli::print("Untagged: " + untagged + "\n");
  for (const std::string& deleted : removal.deleted)
    cli::print("Deleted: " + deleted + "\n");
}

}  // namespace

int rmi(Arguments arguments) {
  std::vector<std::string> names;
  RmiFlags flags;

  cli::Options options("Remove images");
  options.flag("-a,--all", flags.all, "All images that no container uses")
      .flag("-f,--force", flags.force,
            "With all their names and containers; a missing one is no error")
      .flag("-i,--ignore", flags.ignore, "A missing image is no error")
      .ignore_flags("--no-prune")
      .rest("IMAGE", names);
  options.parse(arguments);
  if (names.empty() && !flags.all) throw base::Error("name an image, or use --all");

  const home::Home home = home::Home::open();
  Outcome outcome(arguments.command);
  std::set<std::string> gone;
  for (const Wanted& wanted : flags.all ? all_images(home) : look_up(home, names)) {
    outcome.attempt([&] { remove_image(home, wanted, flags, gone); });
  }
  return outcome.status();
}

}  // namespace pod
