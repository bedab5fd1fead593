#include "cmd/pod/container_options.hpp"
#include "cmd/pod/flag_values.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/size.hpp"

#include <fmt/core.h>

namespace pod {

void FileFlags::declare(cli::Options& options) {
  options.values("-v,--volume", volumes, "[SOURCE:]TARGET[:OPTIONS]: a path, or a volume's name")
      .values("--mount", mounts,
              "type=bind|volume|tmpfs|image|glob|ramfs|devpts,source=...,target=...")
      .values("--tmpfs", tmpfs, "TARGET[:OPTIONS]: a file system in memory")
      .value("--volume-driver", volume_driver, "local, which is the only one")
      .values("--volumes-from", volumes_from, "Mount what a container has: NAME[:OPTIONS]")
      .values("--secret", secrets,
              "NAME[,type=mount|env][,target=...][,uid=...][,gid=...][,mode=...]")
      .value("--image-volume", image_volume,
             "What an image's volumes become: anonymous, tmpfs, ignore")
      .value("--shm-size", shm_size, "Size of /dev/shm; 0: no limit");
}

void FileFlags::apply(containers::Options& out) const {
  const auto add = [&](containers::VolumeMount mount) {
    for (const containers::VolumeMount& other : out.mounts) {
      if (other == mount) return;
      if (other.target == mount.target) {
        throw base::Error(fmt::format("{}: mounted twice", mount.target));
      }
    }
    out.mounts.push_back(std::move(mount));
  };
  for_each_value("--volume", volumes, [&](const auto& text) { add(parse_volume(text)); });
  for_each_value("--mount", mounts, [&](const auto& text) {
    for (containers::VolumeMount& mount : parse_mounts(text))
      add(std::move(mount));
  });
  for_each_value("--tmpfs", tmpfs, [&](const auto& text) { add(parse_tmpfs(text)); });
  for_each_value("--secret", secrets,
                 [&](const auto& text) { out.secrets.push_back(parse_secret(text)); });
  if (volume_driver != "local") {
    throw base::Error(fmt::format("--volume-driver: {}: only local is known", volume_driver));
  }
  out.volumes_from = volumes_from;
  out.image_volumes = image_volume == "bind" ? "anonymous" : image_volume;
  if (out.image_volumes != "anonymous" && out.image_volumes != "tmpfs" &&
      out.image_volumes != "ignore") {
    throw base::Error(
        fmt::format("--image-volume: {}: not one of anonymous, tmpfs, ignore", image_volume));
  }
  out.shm_size = with_flag("--shm-size", [&] { return base::parse_size(shm_size); });
}

}  // namespace pod
