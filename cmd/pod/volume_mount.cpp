#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/selection.hpp"
#include "storage/volume_source.hpp"

#include <fmt/core.h>

namespace pod {
namespace {

using Source = storage::VolumeSource;

// Folders are always there: what there is to do is to say where.
std::string place_of(const storage::Volume& volume) {
  const Source source = storage::source_of(volume.options);
  if (source.kind == Source::Kind::Folder) return volume.data;
  if (source.kind == Source::Kind::Bind) return source.device;
  throw base::Error(fmt::format(
      "volume {}: it is memory that each container has for itself, while it runs", volume.name));
}

int for_each_volume(const Arguments& arguments, const std::vector<std::string>& names,
                    void (*work)(const storage::Volume&)) {
  const storage::VolumeStore store{storage::Layout(home::Home::open())};
  Outcome outcome(arguments.command);
  for (const std::string& name : names)
    outcome.attempt([&] { work(store.get(name)); });
  return outcome.status() == 0 ? 0 : 125;
}

}  // namespace

int volume_mount(Arguments arguments) {
  std::vector<std::string> names;
  cli::Options options("Show where volumes can be looked into");
  options.rest("VOLUME", names, 1);
  options.parse(arguments);

  return for_each_volume(
      arguments, names, [](const storage::Volume& volume) { cli::print(place_of(volume) + "\n"); });
}

int volume_unmount(Arguments arguments) {
  std::vector<std::string> names;
  cli::Options options("Done with looking into volumes");
  options.rest("VOLUME", names, 1);
  options.parse(arguments);

  return for_each_volume(arguments, names, [](const storage::Volume& volume) {
    place_of(volume);
    cli::print(volume.name + "\n");
  });
}

}  // namespace pod
