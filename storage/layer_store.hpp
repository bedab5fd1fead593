#pragma once

#include "pkg/oci/digest.hpp"
#include "pkg/sys/lock.hpp"
#include "storage/layout.hpp"
#include "storage/staging.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace storage {

// A committed layer: a directory tree with overlay whiteouts, named by its chain id.
struct Layer {
  std::string id;       // chain id, 64 hex digits
  std::string parent;   // chain id of the layer below; "" at the bottom
  std::string diff_id;  // "sha256:..." of the uncompressed tar
  std::string blob;     // "sha256:..." of what was downloaded; "" when not known
  std::string media_type;
  std::int64_t blob_size = 0;
  std::int64_t size = 0;  // bytes of its regular files
  std::int64_t files = 0;
};

// A layer in the making; removed unless committed. Its maker holds a lock, so what a killed process
// left is recognised and removed by `recover`, as is what belongs to subordinate ids.
class StagedLayer {
 public:
  explicit StagedLayer(Staged staged) : staged_(std::move(staged)) {}

  std::string root() const { return staged_.path() + "/root"; }  // unpack here
  const Layout& layout() const { return staged_.layout(); }
  const std::string& folder() const { return staged_.path(); }  // what else the archive was
  // Says what it is, beside its files. Then all of it is brought to the disk, then committed.
  void describe(const Layer& layer);
  // Publishes by rename; the layer is held for the caller as by LayerStore::hold. Somebody else may
  // have been faster: then theirs stays and ours goes.
  sys::Lock commit();

 private:
  Staged staged_;
  std::string id_;
};

class LayerStore {
 public:
  explicit LayerStore(Layout layout) : layout_(std::move(layout)) {}

  std::optional<Layer> find(const std::string& id) const;
  std::vector<Layer> list() const;
  std::string root(const std::string& id) const;    // the tree, for the mount
  std::string folder(const std::string& id) const;  // what it is in

  StagedLayer stage() const;
  // Held while a blob is downloaded and unpacked: who comes second waits, then finds the layer.
  NamedLock lock_blob(const std::string& digest) const;
  std::optional<NamedLock> try_lock_blob(const std::string& digest) const;  // nothing: it is held

  // Held by who relies on a layer before its image is published: it is not removed meanwhile.
  // Nothing when there is no such layer.
  std::optional<sys::Lock> hold(const std::string& id) const;
  // To the trash; a layer that somebody holds stays, as false says.
  bool remove(const std::string& id) const;

 private:
  Layout layout_;
};

}  // namespace storage
