#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/listing.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/upkeep/disk_use.hpp"

#include <fmt/core.h>

#include <cmath>

namespace pod {
namespace {

using base::Json;

// What the peers know, and docker's words for the same.
Json object_of(const upkeep::KindUse& kind) {
  const double part =
      kind.size > 0 ? static_cast<double>(kind.reclaimable) * 100 / static_cast<double>(kind.size)
                    : 0;
  return Json::object({{"Type", kind.kind},
                       {"Total", kind.total},
                       {"Active", kind.active},
                       {"RawSize", kind.size},
                       {"RawReclaimable", kind.reclaimable},
                       {"TotalCount", kind.total},
                       {"Size", tight_size(kind.size)},
                       {"Reclaimable", fmt::format("{} ({}%)", tight_size(kind.reclaimable),
                                                   static_cast<int>(std::lround(part)))}});
}

std::string table(const char* title, const char* columns, Json::Array rows,
                  std::vector<cli::Heading> headings) {
  const cli::Listing listing{.rows = std::move(rows), .headings = std::move(headings)};
  return fmt::format("{} space usage:\n\n{}", title,
                     cli::format_rows(std::string("table ") + columns, listing));
}

std::string image_table(const upkeep::DiskUse& use) {
  Json::Array rows;
  for (const upkeep::ImageUse& each : use.images) {
    std::vector<std::string> names = each.image.names;
    if (names.empty()) names.emplace_back("<none>:<none>");
    for (const std::string& name : names) {
      const std::size_t colon = name.rfind(':');
      rows.push_back(Json::object({{"Repository", name.substr(0, colon)},
                                   {"Tag", name.substr(colon + 1)},
                                   {"ImageID", short_unless(false, each.image.id)},
                                   {"Created", ago(each.image.config.created)},
                                   {"Size", tight_size(each.size)},
                                   {"SharedSize", tight_size(each.shared)},
                                   {"UniqueSize", tight_size(each.size - each.shared)},
                                   {"Containers", each.containers}}));
    }
  }
  return table(
      "Images",
      "{{.Repository}}\t{{.Tag}}\t{{.ImageID}}\t{{.Created}}\t{{.Size}}\t{{.SharedSize}}\t"
      "{{.UniqueSize}}\t{{.Containers}}",
      std::move(rows),
      {{"ImageID", "IMAGE ID"}, {"SharedSize", "SHARED SIZE"}, {"UniqueSize", "UNIQUE SIZE"}});
}

std::string container_table(const upkeep::DiskUse& use) {
  Json::Array rows;
  for (const upkeep::ContainerUse& each : use.containers) {
    const containers::Container& container = each.container;
    rows.push_back(Json::object({{"ContainerID", short_unless(false, container.id)},
                                 {"Image", short_unless(false, container.image_id)},
                                 {"Command", base::join(container.command, " ")},
                                 {"LocalVolumes", each.volumes},
                                 {"Size", tight_size(each.size)},
                                 {"Created", ago(container.created)},
                                 {"Status", containers::status_word(each.state.status)},
                                 {"Names", container.name}}));
  }
  return table("Containers",
               "{{.ContainerID}}\t{{.Image}}\t{{.Command}}\t{{.LocalVolumes}}\t{{.Size}}\t"
               "{{.Created}}\t{{.Status}}\t{{.Names}}",
               std::move(rows),
               {{"ContainerID", "CONTAINER ID"}, {"LocalVolumes", "LOCAL VOLUMES"}});
}

std::string volume_table(const upkeep::DiskUse& use) {
  Json::Array rows;
  for (const upkeep::VolumeUse& each : use.volumes) {
    rows.push_back(Json::object({{"VolumeName", each.volume.name},
                                 {"Links", each.links},
                                 {"Size", tight_size(each.size)}}));
  }
  return table("Local Volumes", "{{.VolumeName}}\t{{.Links}}\t{{.Size}}", std::move(rows),
               {{"VolumeName", "VOLUME NAME"}});
}

}  // namespace

int system_df(Arguments arguments) {
  bool verbose = false;
  std::string format;

  cli::Options options("Show what images, containers and volumes take of the disk");
  options.value("--format", format, "json, or a Go template")
      .flag("-v,--verbose", verbose, "Each image, container and volume");
  options.parse(arguments);
  if (verbose && !format.empty()) throw base::Error("--verbose and --format do not go together");

  const upkeep::DiskUse use = upkeep::disk_use(home::Home::open());
  if (verbose) {
    cli::print(image_table(use) + "\n" + container_table(use) + "\n" + volume_table(use));
    return 0;
  }
  cli::Listing listing;
  for (const upkeep::KindUse& kind : use.kinds)
    listing.rows.push_back(object_of(kind));
  const std::string columns =
      "table {{.Type}}\t{{.Total}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}";
  cli::print(cli::format_rows(format.empty() ? columns : format, listing));
  return 0;
}

}  // namespace pod
