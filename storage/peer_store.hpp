#pragma once

#include "pkg/sys/lock.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace storage {

// An image as podman, buildah and CRI-O have it.
struct PeerImage {
  std::string id;
  std::vector<std::string> names;  // complete ones, with a tag or a digest
  std::string digest;              // "sha256:..." of its manifest; "" when not known
  std::string top_layer;           // "" when it has none
  std::vector<std::string>
      big_names;  // of the texts that are kept with it: manifests, configuration
};

struct PeerLayer {
  std::string id;  // the peer's own
  std::string parent;
  std::string diff_id;  // "" when not known
  std::int64_t size = 0;
  std::string blob;  // "sha256:..." of the compressed form it came in; "" when not known
  std::int64_t blob_size = 0;
  std::string compression;  // of that: "gzip", "zstd", "none"; "" for others
  bool is_complete = false;
};

// A store of containers/storage. We only ever read there, under its own locks where it is asked
// for.
//
//   DRIVER-images/images.json             and <image>/<big name>
//   DRIVER-layers/layers.json             and <layer>.tar-split.gz
//   DRIVER-{images,layers}/*.lock         fcntl(2)
//   overlay/<layer>/diff, vfs/dir/<layer>
class PeerStore {
 public:
  // Nothing when none of the drivers that we know has kept anything below `root`.
  static std::optional<PeerStore> find(const std::string& root);

  const std::string& root() const { return root_; }
  const std::string& driver() const { return driver_; }

  std::vector<PeerImage> images() const;
  std::vector<PeerLayer> layers() const;
  // What a peer keeps with an image under this name.
  std::optional<std::string> find_big(const PeerImage& image, const std::string& name) const;
  // Of a layer: its tree, and what its archive had beside that (tar/split_archive.hpp).
  std::string tree(const std::string& layer) const;
  std::string split(const std::string& layer) const;

  // While it is held no peer changes images, or layers. Nothing where the store has no lock.
  std::optional<sys::Lock> lock_images() const;
  std::optional<sys::Lock> lock_layers() const;

 private:
  PeerStore(std::string root, std::string driver)
      : root_(std::move(root)), driver_(std::move(driver)) {}

  std::string images_folder() const { return root_ + "/" + driver_ + "-images"; }
  std::string layers_folder() const { return root_ + "/" + driver_ + "-layers"; }

  std::string root_;
  std::string driver_;
};

// The layers of an image, bottom first. Throws base::Error when one is missing or incomplete.
std::vector<PeerLayer> chain_of(const std::vector<PeerLayer>& all, const PeerImage& image);

}  // namespace storage
