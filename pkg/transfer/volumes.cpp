#include "pkg/transfer/volumes.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/transfer/file_source.hpp"
#include "pkg/transfer/output.hpp"
#include "pkg/transfer/store.hpp"
#include "storage/tar/apply.hpp"
#include "storage/tar/inflate.hpp"
#include "storage/tar/tree_archive.hpp"
#include "storage/volume_source.hpp"

#include <fmt/core.h>

namespace transfer {
namespace {

struct Place {
  std::string name;
  std::string folder;
};

Place place_of(const home::Home& home, const std::string& name) {
  const storage::VolumeStore store{storage::Layout(home)};
  // Only to those who remove it, one that is missing is a failure of its own.
  if (!store.has(name))
    throw base::Error(fmt::format("no volume with name \"{}\" found: no such volume", name));
  const storage::Volume volume = store.get(name);
  const storage::VolumeSource source = storage::source_of(volume.options);
  if (source.kind == storage::VolumeSource::Kind::Tmpfs) {
    throw base::Error(fmt::format(
        "volume {}: it is memory that each container has for itself, while it runs", volume.name));
  }
  return {volume.name, source.device.empty() ? volume.data : source.device};
}

}  // namespace

void export_volume(const home::Home& home, const std::string& volume, const std::string& path) {
  const Place place = place_of(home, volume);
  Output output(path);
  open_store(home);
  tar::TreeArchive archive(sys::open_dir(place.folder), {});
  while (true) {
    const std::string_view piece = archive.read();
    if (piece.empty()) break;
    output.write(piece);
  }
  output.commit();
}

void import_volume(const home::Home& home, const std::string& volume, const std::string& archive) {
  const Place place = place_of(home, volume);
  FileSource file(open_input(archive));
  const Store store = open_store(home);
  try {
    tar::InflatedSource bytes(file);
    tar::unpack(bytes, sys::open_dir(place.folder),
                {.squash_owners = store.squash_owners, .owner = {}});
  } catch (base::Error& error) {
    error.during(archive == "-" ? "standard input" : archive);
    throw;
  }
}

}  // namespace transfer
