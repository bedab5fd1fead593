#pragma once

#include "pkg/home/home.hpp"
#include "pkg/oci/descriptor.hpp"
#include "pkg/oci/reference.hpp"
#include "pkg/registry/client.hpp"
#include "pkg/transfer/layers.hpp"
#include "pkg/transfer/report.hpp"
#include "storage/image_store.hpp"
#include "storage/tar/compress.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>

namespace transfer {

enum class ManifestFormat { AsItIs, Oci, Docker };
// "oci", "v2s2" and its kin, "" for as it is. Throws base::Error for others.
ManifestFormat parse_manifest_format(const std::string& word);

struct PushOptions {
  registry::Access access;
  ManifestFormat format = ManifestFormat::AsItIs;
  std::optional<tar::Compression> compression;
  std::optional<int> level;
  // Layers that are there with another compression do not count. Always so when one was asked for.
  bool force_compression = false;
};

// Images on their way into one repository of a registry. What the registry has, there or in a
// neighbour that an image is known from, is not sent; where that is true of all layers as they once
// came, the very manifest they came with is put there, so its digest survives.
class Pusher {
 public:
  // The repository of `destination`; its tag and digest do not matter. `images` are those that
  // will be pushed.
  Pusher(const home::Home& home, Store store, const oci::Reference& destination,
         const PushOptions& options, Report& report, std::span<const storage::Image> images);
  Pusher(const Pusher&) = delete;
  Pusher& operator=(const Pusher&) = delete;
  ~Pusher();

  // Under a tag, a digest's text, or "" for whatever digest it gets. Returns what is there now,
  // with the image's platform.
  oci::Descriptor push_image(const storage::Image& image, const std::string& tag_or_digest);

  registry::Client& client();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace transfer
