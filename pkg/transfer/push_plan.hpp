#pragma once

#include "pkg/oci/manifest.hpp"
#include "pkg/registry/client.hpp"
#include "pkg/transfer/push.hpp"
#include "storage/layer_store.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace transfer {

// One layer of an image that is pushed.
struct PushedLayer {
  storage::Layer layer;
  std::optional<oci::Descriptor> original;  // as the image's own manifest has it
  // Any of which would do when the registry has it.
  std::vector<registry::BlobOffer::Known> known;
  tar::Squeeze squeeze;  // else it is packed like this
};

struct PushPlan {
  std::string image_id;
  oci::Descriptor config;
  std::string config_bytes;
  std::string manifest_bytes;  // the image's own; "" when it has none that could be kept
  std::string manifest_type;
  std::map<std::string, std::string> annotations;
  std::vector<PushedLayer> layers;  // bottom first
};

// Where images and pushes are known to have left layers: repositories of `registry`, by layer id.
using Neighbours = std::map<std::string, std::set<std::string>>;
Neighbours find_neighbours(const Store& store, const std::string& registry,
                           std::span<const storage::Image> images);

PushPlan plan_push(const Store& store, const storage::Image& image, const PushOptions& options,
                   const Neighbours& neighbours);

// The manifest for layers as they are in the registry now, in the order of the plan: the very bytes
// that the image came with, where they fit. Throws base::Error when the format cannot say it.
registry::Document make_manifest(const PushPlan& plan, const std::vector<oci::Descriptor>& layers,
                                 ManifestFormat format);

// What a media type says of the bytes.
tar::Compression compression_of(std::string_view media_type);
// The other way round.
std::string layer_type(ManifestFormat format, tar::Compression compression);

}  // namespace transfer
