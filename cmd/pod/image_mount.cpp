#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/selection.hpp"
#include "pkg/base/error.hpp"
#include "pkg/images/catalog.hpp"
#include "pkg/images/ensure.hpp"
#include "storage/all_images.hpp"
#include "storage/viewing.hpp"

#include <fmt/core.h>

namespace pod {
namespace {

using storage::Viewed;

std::string mount_one(const home::Home& home, const storage::Image& image) {
  storage::RootfsMount what;
  what.container_id = image.id;  // which no container has
  what.layers = image.layers;
  what.read_only = true;
  return storage::mount_for_viewing(home, Viewed::Image, image.id, what);
}

storage::Image get(const home::Home& home, const std::string& name) {
  auto found = images::find_named(home, name, true);
  if (!found) throw base::Error(name + ": image not known");
  return std::move(found->image);
}

void list_mounts(const home::Home& home, const std::string& format) {
  const storage::AllImages store(home);
  base::Json::Array all;
  std::string text;
  for (const storage::View& view : storage::list_viewed(home, Viewed::Image)) {
    const auto image = store.find(view.id, true).value_or(storage::Image{});
    all.push_back(base::Json::object({{"id", view.id},
                                      {"Names", base::Json::array()},
                                      {"Repositories", base::Json(image.names)},
                                      {"mountpoint", view.path}}));
    if (!image.manifest_digest.empty()) all.back()["Names"].push_back(image.manifest_digest);
    text += fmt::format("{}\t{}\n", image.names.empty() ? view.id : image.names.front(), view.path);
  }
  cli::print(format == "json" ? cli::format_objects("json", all) : cli::align(text));
}

}  // namespace

int image_mount(Arguments arguments) {
  std::vector<std::string> names;
  std::string format;
  bool all = false;

  cli::Options options("Mount images, to look into them");
  options.flag("-a,--all", all, "All images")
      .value("--format", format, "json")
      .rest("IMAGE", names);
  options.parse(arguments);
  if (!format.empty() && format != "json") {
    throw base::Error("--format: " + format + ": only json is known");
  }
  storage::check_may_mount("image mount");

  const home::Home home = home::Home::open();
  if (all) {
    for (const storage::Image& image : images::list(home, {}))
      names.push_back(image.names.empty() ? image.id : image.names.front());
  }
  if (names.empty() && !all) {
    list_mounts(home, format);
    return 0;
  }
  Outcome outcome(arguments.command);
  for (const std::string& name : names) {
    outcome.attempt([&] {
      const std::string path = mount_one(home, get(home, name));
      cli::print(names.size() == 1 ? path + "\n" : fmt::format("{} {}\n", name, path));
    });
  }
  return outcome.status();
}

int image_unmount(Arguments arguments) {
  std::vector<std::string> names;
  bool all = false;

  cli::Options options("Unmount what image mount has mounted");
  options.flag("-a,--all", all, "All images").ignore_flags("-f,--force").rest("IMAGE", names);
  options.parse(arguments);
  if (names.empty() && !all) throw base::Error("name an image, or use --all");
  storage::check_may_mount("image unmount");

  const home::Home home = home::Home::open();
  if (all) {
    for (const storage::View& view : storage::list_viewed(home, Viewed::Image))
      names.push_back(view.id);
  }
  Outcome outcome(arguments.command);
  for (const std::string& name : names) {
    outcome.attempt([&] {
      const storage::Image image = get(home, name);
      if (!storage::unmount_viewed(home, Viewed::Image, image.id)) {
        throw base::Error(name + ": is not mounted here");
      }
      cli::print(image.id + "\n");
    });
  }
  return outcome.status();
}

// Copies between hosts over ssh, of which only the writing and the reading are ours.
int image_scp(Arguments arguments) {
  std::vector<std::string> words;
  cli::Options options("Copy an image to another host; pod keeps no connections");
  options.ignore_flags("-q,--quiet").rest("IMAGE", words);
  options.parse(arguments);
  throw base::Error(
      "pod keeps no connections to other hosts; the same is done by "
      "`pod save IMAGE | ssh HOST pod load`, and the other way round by "
      "`ssh HOST pod save IMAGE | pod load`");
}

}  // namespace pod
