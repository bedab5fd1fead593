#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/flag_values.hpp"
#include "pkg/base/id.hpp"
#include "pkg/containers/volume_catalog.hpp"
#include "storage/volume_source.hpp"

#include <fmt/core.h>

namespace pod {
namespace {

std::optional<std::uint32_t> owner(const char* flag, const std::optional<std::int64_t>& number,
                                   const std::optional<std::uint32_t>& otherwise) {
  if (!number) return otherwise;
  if (*number >= 0 && *number < INT32_MAX) return static_cast<std::uint32_t>(*number);
  throw base::Error(fmt::format("{}: {}: not an id", flag, *number));
}

}  // namespace

int volume_create(Arguments arguments) {
  storage::Volume volume;
  std::string driver = "local";
  std::vector<std::string> labels;
  std::vector<std::string> settings;
  std::optional<std::int64_t> uid;
  std::optional<std::int64_t> gid;
  std::optional<std::string> name;
  bool ignore = false;

  cli::Options options("Create a volume");
  options.value("-d,--driver", driver, "local, which is the only one")
      .value("--gid", gid, "Group that owns it, as the container counts")
      .flag("--ignore", ignore, "One that is there already is no error")
      .values("-l,--label", labels, "Label: KEY[=VALUE]")
      .values("-o,--opt", settings, "Option of the driver: type=, device=, o=")
      .value("--uid", uid, "User that owns it, as the container counts")
      .argument("NAME", name);
  options.parse(arguments);
  if (driver != "local") {
    throw base::Error("--driver: " + driver + ": only local is known; there are no plugins");
  }
  for_each_value("--label", labels, [&](const auto& text) { add_pair(volume.labels, text); });
  for_each_value("--opt", settings, [&](const auto& text) { add_setting(volume.options, text); });
  const storage::VolumeSource source =
      with_flag("--opt", [&] { return storage::source_of(volume.options); });
  volume.uid = owner("--uid", uid, source.uid);
  volume.gid = owner("--gid", gid, source.gid);
  volume.name = name.value_or(base::make_id());

  const home::Home home = home::Home::open();
  const bool is_there = ignore && storage::VolumeStore(storage::Layout(home)).find(volume.name);
  if (!is_there) containers::create_volume(home, volume);
  cli::print(volume.name + "\n");
  return 0;
}

}  // namespace pod
