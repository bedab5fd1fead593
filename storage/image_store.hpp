#pragma once

#include "pkg/oci/image_config.hpp"
#include "storage/layout.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace storage {

// What a pull leaves on disk: image.json with these members, and beside it the very bytes of its
// configuration and manifests. Registries may have one image by several manifests, since layers can
// be packed in several ways.
struct Image {
  std::string id;                         // SHA-256 of the configuration, 64 hex digits
  std::string manifest_digest;            // "sha256:..." of the newest manifest
  std::vector<std::string> repo_digests;  // "docker.io/library/alpine@sha256:..."
  std::vector<std::string> layers;        // chain ids, bottom first
  std::int64_t size = 0;                  // bytes of all layers, unpacked
  oci::ImageConfig config;
  std::vector<std::string> names;  // "docker.io/library/alpine:latest"; read from refs/, not stored
  std::string store;               // the additional store that has it (other_store.hpp); "": ours
  bool is_list = false;            // a List, shown among images
};

class ImageStore {
 public:
  explicit ImageStore(Layout layout) : layout_(std::move(layout)) {}

  // By full id. Names are looked up only `with_names`, since that reads the whole refs folder.
  std::optional<Image> find(const std::string& id, bool with_names = false) const;
  // By complete name with tag: one readlink.
  std::optional<std::string> find_id(const std::string& name) const;
  std::vector<std::string> ids() const;
  std::vector<Image> list() const;  // with names
  // All its layers are here. One that lacks a layer is whole again when it is pulled again.
  bool is_whole(const Image& image) const;

  // Publishes by rename. An image that is there already gets the new repo digests added, and its
  // new manifest counts: the one it had is kept beside. A manifest without repo digests was made
  // up here and replaces none. All layers must have been committed before.
  void publish(const Image& image, std::string_view config_bytes,
               std::string_view manifest_bytes) const;
  std::string config_bytes(const std::string& id) const;
  // The newest one, or the one of this digest where that is kept.
  std::string manifest_bytes(const std::string& id, const std::string& digest = "") const;
  bool has_manifest(const Image& image, const std::string& digest) const;

  void tag(const std::string& id, const std::string& name) const;  // moves the name here
  bool untag(const std::string& name) const;  // false when there was no such name

  // The image with all its names; layers that no other image has and nobody holds go to the trash
  // with it: `empty_trash` is next.
  void remove(const std::string& id) const;
  // Layers that no image has and nobody holds go to the trash, those that are older than so long.
  void remove_orphan_layers(std::chrono::seconds age = std::chrono::seconds(0)) const;

 private:
  Layout layout_;
};

}  // namespace storage
