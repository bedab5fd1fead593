#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pkg/oci/digest.hpp"
#include "pkg/sys/lock.hpp"
#include "storage/layout.hpp"

namespace storage {

// A committed layer: a directory tree with overlay whiteouts, named by its chain id.
struct Layer {
  std::string id;      // chain id, 64 hex digits
  std::string parent;  // chain id of the layer below; "" at the bottom
  std::string diff_id;  // "sha256:..." of the uncompressed tar
  std::string blob;     // "sha256:..." of what was downloaded; "" when not known
  std::string media_type;
  std::int64_t blob_size = 0;
  std::int64_t size = 0;  // bytes of its regular files
  std::int64_t files = 0;
};

// A layer in the making; removed unless committed. Its maker holds a lock, so what a killed process
// left is recognised and removed by `recover`.
class StagedLayer {
 public:
  StagedLayer(StagedLayer&&) noexcept;
  StagedLayer& operator=(StagedLayer&&) = delete;
  ~StagedLayer();

  std::string root() const;  // unpack here
  // Publishes by rename. Somebody else may have been faster: then theirs stays and ours goes.
  void commit(const Layer& layer);

 private:
  friend class LayerStore;
  StagedLayer(Layout layout, std::string path, sys::Lock lock);

  Layout layout_;
  std::string path_;
  std::optional<sys::Lock> lock_;
};

class LayerStore {
 public:
  explicit LayerStore(Layout layout) : layout_(std::move(layout)) {}

  std::optional<Layer> find(const std::string& id) const;
  std::vector<Layer> list() const;
  std::string root(const std::string& id) const;  // the tree, for the mount

  StagedLayer stage() const;
  // Held while a blob is downloaded and unpacked: who comes second waits, then finds the layer.
  sys::Lock lock_blob(const std::string& digest) const;

  // To the trash; in use or missing is the caller's to know.
  void remove(const std::string& id) const;

 private:
  Layout layout_;
};

}  // namespace storage
