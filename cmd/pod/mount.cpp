#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/listing.hpp"
#include "cmd/pod/selection.hpp"
#include "pkg/base/error.hpp"
#include "pkg/containers/user_namespace.hpp"
#include "storage/viewing.hpp"

#include <fmt/core.h>

namespace pod {
namespace {

using storage::Viewed;

// Whoever runs has its root mounted already: then it is looked at, not written to.
std::string mount_one(const home::Home& home, const containers::Container& container) {
  if (!container.options.rootfs.empty()) return container.options.rootfs;
  storage::RootfsMount what;
  what.container_id = container.id;
  what.layers = container.layers;
  what.ids = containers::ids_of(container.options);
  what.is_view = containers::state_of(home, container).is_running();
  return storage::mount_for_viewing(home, Viewed::Container, container.id, what);
}

void list_mounts(const home::Home& home, const std::string& format, bool whole) {
  base::Json::Array all;
  std::string text;
  for (const storage::View& view : storage::list_viewed(home, Viewed::Container)) {
    const auto container = containers::find_by_id(home, view.id);
    base::Json names = base::Json::array();
    if (container) names.push_back(container->name);
    all.push_back(
        base::Json::object({{"id", view.id}, {"Names", names}, {"mountpoint", view.path}}));
    text += fmt::format("{}\t{}\n", short_unless(whole, view.id), view.path);
  }
  cli::print(format == "json" ? cli::format_objects("json", all) : cli::align(text));
}

}  // namespace

int mount(Arguments arguments) {
  ContainerSelection selection;
  std::string format;
  bool whole = false;

  cli::Options options("Mount the roots of containers, to look into them");
  options.flag("-a,--all", selection.all, "All containers")
      .value("--format", format, "json")
      .flag("-l,--latest", selection.latest, "The newest container")
      .flag("--no-trunc,--notruncate", whole, "Show ids in full")
      .rest("CONTAINER", selection.names);
  options.parse(arguments);
  if (!format.empty() && format != "json") {
    throw base::Error("--format: " + format + ": only json is known");
  }
  storage::check_may_mount("mount");

  const home::Home home = home::Home::open();
  if (selection.names.empty() && !selection.all && !selection.latest) {
    list_mounts(home, format, whole);
    return 0;
  }
  Outcome outcome(arguments.command);
  const auto chosen = selection.choose(home, outcome);
  for (const auto& [typed, container] : chosen) {
    outcome.attempt([&, &typed = typed, &container = container] {
      const std::string path = mount_one(home, container);
      cli::print(chosen.size() == 1 ? path + "\n" : fmt::format("{} {}\n", typed, path));
    });
  }
  return outcome.status();
}

int unmount(Arguments arguments) {
  ContainerSelection selection;

  cli::Options options("Unmount what mount has mounted");
  options.flag("-a,--all", selection.all, "All containers")
      .ignore_flags("-f,--force")
      .flag("-l,--latest", selection.latest, "The newest container")
      .rest("CONTAINER", selection.names);
  options.parse(arguments);
  if (selection.names.empty() && !selection.all && !selection.latest) {
    throw base::Error("name a container, or use --all or --latest");
  }
  storage::check_may_mount("unmount");

  const home::Home home = home::Home::open();
  Outcome outcome(arguments.command);
  for (const auto& [typed, container] : selection.choose(home, outcome)) {
    outcome.attempt([&, &typed = typed, &container = container] {
      const bool was_mounted = storage::unmount_viewed(home, Viewed::Container, container.id);
      if (!was_mounted && selection.all) return;
      if (!was_mounted) throw base::Error(typed + ": is not mounted here");
      cli::print((selection.all ? container.id : typed) + "\n");
    });
  }
  return outcome.status();
}

}  // namespace pod
