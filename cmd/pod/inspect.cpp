#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/selection.hpp"
#include "cmd/pod/zero_fields.hpp"
#include "pkg/base/error.hpp"
#include "pkg/containers/report.hpp"
#include "pkg/containers/volume_catalog.hpp"
#include "pkg/images/catalog.hpp"
#include "pkg/images/ensure.hpp"
#include "pkg/images/lists.hpp"

#include <fmt/core.h>

namespace pod {
namespace {

struct InspectFlags {
  std::string format;
  std::string type = "all";
  bool size = false;
  bool latest = false;
  std::vector<std::string> names;

  bool wants(std::string_view kind) const { return type == "all" || type == kind; }
};

// The object of that name, in the order in which the peers look. Throws when there is none.
base::Json find_object(const home::Home& home, const std::string& name, const InspectFlags& flags) {
  if (flags.wants("container")) {
    if (const auto found = containers::find(home, name)) {
      base::Json json = containers::inspect(home, *found, flags.size);
      add_container_zeros(json);
      return json;
    }
  }
  if (flags.wants("image")) {
    if (const auto found = images::find_named(home, name, true)) {
      base::Json json = images::inspect(home, found->image);
      add_image_zeros(json);
      return json;
    }
  }
  if (flags.wants("volume")) {
    const storage::VolumeStore store{storage::Layout(home)};
    if (store.has(name)) {
      base::Json json = containers::inspect_volumes(home, {store.get(name)}).front();
      add_volume_zeros(json);
      return json;
    }
  }
  if (flags.wants("pod")) {
    if (const auto found = pods::find(home, name)) return pods::inspect(home, *found);
  }
  if (flags.wants("image") && images::find_list(home, name)) {
    throw base::Error(fmt::format(
        "{}: a manifest list of which no image for {} is here; pod manifest inspect shows the list",
        name, oci::Platform::host().text()));
  }
  throw base::Error(
      fmt::format("{}: no such {}", name, flags.type == "all" ? "object" : flags.type));
}

int inspect_objects(const Arguments& arguments, InspectFlags& flags) {
  const home::Home home = home::Home::open();
  if (flags.latest) {
    if (!flags.names.empty()) throw base::Error("--latest cannot be used with names");
    flags.names.push_back(one_container(home, "", true).id);
  }
  if (flags.names.empty()) throw base::Error("name an object");

  // What was found is shown even when something was not.
  base::Json::Array found;
  Outcome outcome(arguments.command);
  for (const std::string& name : flags.names)
    outcome.attempt([&] { found.push_back(find_object(home, name, flags)); });
  cli::print(cli::format_objects(flags.format, found));
  return outcome.status();
}

}  // namespace

int inspect(Arguments arguments) {
  InspectFlags flags;
  cli::Options options("Show everything about containers, images, volumes and pods");
  options.value("-f,--format", flags.format, "json, or a Go template")
      .value("-t,--type", flags.type, "all, container, image, pod or volume")
      .flag("-s,--size", flags.size, "Sizes of containers as well")
      .flag("-l,--latest", flags.latest, "The newest container")
      .rest("NAME", flags.names);
  options.parse(arguments);
  if (flags.type == "network" || flags.type == "artifact") {
    throw base::Error("--type=" + flags.type + ": not supported yet");
  }
  if (!flags.wants("container") && !flags.wants("image") && !flags.wants("pod") &&
      !flags.wants("volume")) {
    throw base::Error("--type: " + flags.type + ": not one of all, container, image, pod, volume");
  }
  return inspect_objects(arguments, flags);
}

int container_inspect(Arguments arguments) {
  InspectFlags flags;
  flags.type = "container";
  cli::Options options("Show everything about containers");
  options.value("-f,--format", flags.format, "json, or a Go template")
      .flag("-s,--size", flags.size, "Sizes as well")
      .flag("-l,--latest", flags.latest, "The newest container")
      .rest("CONTAINER", flags.names);
  options.parse(arguments);
  return inspect_objects(arguments, flags);
}

int image_inspect(Arguments arguments) {
  InspectFlags flags;
  flags.type = "image";
  cli::Options options("Show everything about images");
  options.value("-f,--format", flags.format, "json, or a Go template").rest("IMAGE", flags.names);
  options.parse(arguments);
  return inspect_objects(arguments, flags);
}

int pod_inspect(Arguments arguments) {
  InspectFlags flags;
  flags.type = "pod";
  bool latest = false;
  cli::Options options("Show everything about pods");
  options.value("-f,--format", flags.format, "json, or a Go template")
      .flag("-l,--latest", latest, "The newest pod")
      .rest("POD", flags.names);
  options.parse(arguments);
  if (latest) {
    if (!flags.names.empty()) throw base::Error("--latest cannot be used with names");
    const std::optional<pods::Pod> newest = pods::latest(home::Home::open());
    if (!newest) throw base::Error("there is no pod");
    flags.names.push_back(newest->id);
  }
  return inspect_objects(arguments, flags);
}

}  // namespace pod
