#pragma once

#include "pkg/base/error.hpp"
#include "pkg/oci/descriptor.hpp"
#include "pkg/oci/image_config.hpp"
#include "pkg/oci/manifest.hpp"
#include "pkg/sys/lock.hpp"
#include "pkg/transfer/unpacking.hpp"
#include "storage/layer_store.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace transfer {

// A layer that an image needs.
struct WantedLayer {
  oci::Descriptor blob;  // of size -1 when nobody says which digest it has: then the diff id tells
  std::string diff_id;
  std::string id;      // chain id
  std::string parent;  // chain id of the layer below, "" at the bottom
};

// The chain of an image, bottom first; image-spec, config.md, "Layer ChainID". Throws base::Error
// when the manifest and the configuration count differently.
std::vector<WantedLayer> plan_layers(const oci::Manifest& manifest, const oci::ImageConfig& config);
// The same when nobody says which digests the blobs have: they are told by their diff ids.
std::vector<WantedLayer> plan_plain_layers(const oci::ImageConfig& config);
// The name of a layer by itself and all below it.
std::string chain_id(const std::string& parent, const std::string& diff_id);

// One blob that is to be unpacked into a directory.
struct Job {
  const WantedLayer* layer = nullptr;
  Target target;
};

// The beginning that was kept of a blob has turned out to be something else, and is gone: all of it
// has to be brought.
class SpoiltBeginning : public base::Error {
 public:
  explicit SpoiltBeginning(const base::Error& error) : base::Error(error) {}
};

// Where blobs come from: a registry, an archive.
class Blobs {
 public:
  virtual ~Blobs() = default;
  // All at once; answers in the order of the jobs. Throws what the first to fail met.
  virtual std::vector<Unpacked> unpack(std::span<const Job> jobs) = 0;
  // After `unpack` has thrown: what was complete by then, in the order of the jobs.
  virtual std::vector<std::optional<Unpacked>> rescue() { return {}; }
};

struct Store {
  storage::Layout layout;
  bool squash_owners = false;  // only a single id is mapped
};

// Held until the image is published, so that nobody removes what it rests on.
struct HeldLayers {
  std::vector<sys::Lock> locks;
  std::int64_t size = 0;  // of all of them, unpacked
};

// Brings the layers that are missing and commits them when digests, sizes and diff ids have been
// found right. Whoever brings the same blob at the same time is waited for.
HeldLayers bring_layers(const Store& store, std::span<const WantedLayer> layers, Blobs& blobs);

struct AddedLayer {
  storage::Layer layer;
  sys::Lock hold;  // until the image is published
};

// Stages, unpacks, and commits what has been made here, under the name that it turns out to have
// above `parent` (a chain id; "" at the bottom).
AddedLayer add_layer(const Store& store, std::unique_ptr<tar::Source> archive,
                     const std::string& parent);

}  // namespace transfer
