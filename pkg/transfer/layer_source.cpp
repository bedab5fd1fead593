#include "pkg/transfer/layer_source.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/hash/sha256.hpp"
#include "storage/tar/layer_archive.hpp"

#include <fmt/core.h>

namespace transfer {
namespace {

class LayerSource : public tar::Source {
 public:
  LayerSource(const storage::LayerStore& store, const storage::Layer& layer)
      : layer_(layer),
        algorithm_(layer.diff_id.substr(0, layer.diff_id.find(':'))),
        archive_(store.folder(layer.id), store.root(layer.id)),
        hasher_(algorithm_) {}

  std::string_view read() override try {
    const std::string_view piece = archive_.read();
    if (!piece.empty()) {
      hasher_.update(piece);
    } else if (!is_verified_) {
      verify();
    }
    return piece;
  } catch (base::Error& error) {
    error.during("layer " + base::short_id(layer_.id));
    throw;
  }

 private:
  void verify() {
    const std::string found = algorithm_ + ":" + hasher_.finish();
    is_verified_ = true;
    if (found == layer_.diff_id) return;
    throw base::Error(
        fmt::format("its files are not what they were (diff id {}, now {}); `pod system check "
                    "--repair` takes it away, then pull the image again",
                    layer_.diff_id, found));
  }

  storage::Layer layer_;
  std::string algorithm_;
  tar::LayerArchive archive_;
  hash::Hasher hasher_;
  bool is_verified_ = false;
};

}  // namespace

std::unique_ptr<tar::Source> open_layer(const Store& store, const storage::Layer& layer) try {
  return std::make_unique<LayerSource>(storage::LayerStore(store.layout), layer);
} catch (base::Error& error) {
  error.during("layer " + base::short_id(layer.id));
  throw;
}

}  // namespace transfer
