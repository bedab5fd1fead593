#include "pkg/transfer/layers.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/base/log.hpp"
#include "pkg/hash/sha256.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/transfer/flusher.hpp"
#include "pkg/transfer/room.hpp"
#include "storage/partial_blob.hpp"
#include "storage/staging.hpp"
#include "storage/trash.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>

namespace transfer {
namespace {

struct Batch {
  std::vector<const WantedLayer*> layers;
  std::vector<storage::NamedLock> locks;
};

// Layers that are here and stay, by id.
using Holds = std::map<std::string, sys::Lock>;

// Neither its record nor its files are gone.
bool is_sound(const storage::LayerStore& store, const std::string& id) {
  try {
    return store.find(id) && sys::exists(store.root(id));
  } catch (const base::Error& error) {
    base::log::warn("{}", error.what());
    return false;
  }
}

// One that is damaged beyond use makes way for the one that comes.
void clear_way(const Store& store, const std::string& id) {
  const storage::LayerStore layers(store.layout);
  const sys::Lock lock = storage::lock_images(store.layout);
  if (!sys::exists(store.layout.layer(id)) || is_sound(layers, id)) return;
  const std::string path = store.layout.layer(id);
  if (!sys::Lock::try_take(path)) return;  // somebody relies on it
  base::log::warn("layer {} is damaged: it is brought again", base::short_id(id));
  storage::throw_away(store.layout, path);
}

std::vector<const WantedLayer*> hold_or_miss(const Store& in, std::span<const WantedLayer> layers,
                                             Holds& holds) {
  const storage::LayerStore store(in.layout);
  std::vector<const WantedLayer*> missing;
  for (const WantedLayer& layer : layers) {
    if (holds.contains(layer.id)) continue;
    std::optional<sys::Lock> lock = store.hold(layer.id);
    if (lock && is_sound(store, layer.id)) {
      holds.emplace(layer.id, std::move(*lock));
    } else {
      lock.reset();
      clear_way(in, layer.id);
      missing.push_back(&layer);
    }
  }
  return missing;
}

// One that is damaged and that somebody relies on: until they do not. With empty hands, as below.
void await_way(const Store& store, const std::vector<const WantedLayer*>& layers) {
  for (const WantedLayer* layer : layers) {
    if (!is_sound(storage::LayerStore(store.layout), layer->id)) {
      sys::Lock::find(store.layout.layer(layer->id));
      return;
    }
  }
}

// Those that nobody else is bringing. When somebody is at all of them, waits for one. Locks are
// only waited for with empty hands, so two pulls never wait for each other.
Batch take_batch(const storage::LayerStore& store, std::span<const WantedLayer* const> wanted) {
  Batch batch;
  std::set<std::string> taken;  // an image may have the same blob twice
  for (const WantedLayer* layer : wanted) {
    const std::string& digest = layer->blob.digest.text();
    if (!taken.insert(digest).second) continue;
    std::optional<storage::NamedLock> lock = store.try_lock_blob(digest);
    if (!lock) continue;
    batch.locks.push_back(std::move(*lock));
    if (!sys::exists(store.folder(layer->id))) batch.layers.push_back(layer);
  }
  if (batch.locks.empty()) store.lock_blob(wanted.front()->blob.digest.text());
  return batch;
}

[[noreturn]] void refuse(const WantedLayer& layer, const std::string& what,
                         const std::string& found) {
  throw base::Error(fmt::format("layer {}: {}: found {}", layer.blob.digest.text(), what, found));
}

void verify(const WantedLayer& layer, const Unpacked& unpacked) {
  const bool is_known = layer.blob.size >= 0;
  if (is_known && unpacked.blob != layer.blob.digest.text()) {
    refuse(layer, "wrong digest", unpacked.blob);
  }
  if (is_known && unpacked.blob_size != layer.blob.size) {
    refuse(layer, fmt::format("size is not {}", layer.blob.size),
           std::to_string(unpacked.blob_size));
  }
  if (unpacked.diff_id != layer.diff_id) {
    refuse(layer,
           "its content is not what the image's configuration says (diff id " + layer.diff_id + ")",
           unpacked.diff_id);
  }
}

storage::Layer record_of(const WantedLayer& layer, const Unpacked& unpacked) {
  return {.id = layer.id,
          .parent = layer.parent,
          .diff_id = layer.diff_id,
          .blob = unpacked.blob,
          .media_type = layer.blob.media_type,
          .blob_size = unpacked.blob_size,
          .size = unpacked.applied.size,
          .files = unpacked.applied.files};
}

void say_squashed(bool squashed) {
  if (squashed) {
    base::log::warn("all files of the image were given to you: only a single id is mapped here");
  }
}

Job job_of(const Store& store, const WantedLayer& layer, const storage::StagedLayer& staged) {
  return {.layer = &layer,
          .target = {.root = staged.root(),
                     .folder = staged.folder(),
                     .squash_owners = store.squash_owners,
                     .blob_algorithm =
                         layer.blob.size < 0 ? "" : std::string(layer.blob.digest.algorithm()),
                     .diff_algorithm = layer.diff_id.substr(0, layer.diff_id.find(':'))}};
}

// Whoever is killed in between keeps one of them.
sys::Lock commit(const Job& job, storage::StagedLayer& staged) {
  sys::Lock hold = staged.commit();
  storage::remove_partial_blob(staged.layout(), job.layer->blob.digest.text());
  return hold;
}

// So that the next pull does not bring it again. What fails now has failed before.
void keep_complete(const std::vector<Job>& jobs,
                   const std::vector<std::optional<Unpacked>>& complete,
                   std::vector<storage::StagedLayer>& staged, Flusher& flusher) try {
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < complete.size(); ++i) {
    if (!complete[i]) continue;
    verify(*jobs[i].layer, *complete[i]);
    staged[i].describe(record_of(*jobs[i].layer, *complete[i]));
    kept.push_back(i);
  }
  if (kept.empty()) return;
  flusher.finish();
  for (const std::size_t i : kept)
    commit(jobs[i], staged[i]);
  base::log::info("{} complete layers stay for the next pull", kept.size());
} catch (const base::Error& error) {
  base::log::debug("{}", error.what());
}

// True when owners were given up.
bool bring(const Store& store, const Batch& batch, Blobs& blobs, Holds& holds) {
  const storage::LayerStore layers(store.layout);
  std::int64_t size = 0;
  for (const WantedLayer* layer : batch.layers) {
    const std::int64_t left = std::numeric_limits<std::int64_t>::max() - size;
    size += std::clamp<std::int64_t>(layer->blob.size, 0, left);
  }
  expect_room(store, size);
  std::vector<storage::StagedLayer> staged;
  std::vector<Job> jobs;
  staged.reserve(batch.layers.size());
  for (const WantedLayer* layer : batch.layers) {
    staged.push_back(layers.stage());
    jobs.push_back(job_of(store, *layer, staged.back()));
  }
  Flusher flusher(store.layout);
  std::vector<Unpacked> unpacked;
  try {
    unpacked = blobs.unpack(jobs);
  } catch (const base::SysError& error) {
    keep_complete(jobs, blobs.rescue(), staged, flusher);
    explain_full_disk(store, error);  // as full as it is before this goes again
    throw;
  } catch (const base::Error&) {
    keep_complete(jobs, blobs.rescue(), staged, flusher);
    throw;
  }
  bool squashed = false;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    verify(*jobs[i].layer, unpacked[i]);
    staged[i].describe(record_of(*jobs[i].layer, unpacked[i]));
    squashed |= unpacked[i].applied.squashed;
  }
  flusher.finish();
  for (std::size_t i = 0; i < jobs.size(); ++i)
    holds.emplace(jobs[i].layer->id, commit(jobs[i], staged[i]));
  return squashed;
}

// The same; when it was for bytes of an earlier pull that it failed, they are gone now.
bool try_to_bring(const Store& store, const Batch& batch, Blobs& blobs, Holds& holds) {
  try {
    return bring(store, batch, blobs, holds);
  } catch (const SpoiltBeginning& error) {
    base::log::warn("{}: what was kept of it is damaged; it is brought again", error.what());
    return false;
  }
}

HeldLayers held_of(const storage::LayerStore& store, Holds holds) {
  HeldLayers held;
  for (auto& [id, lock] : holds) {
    held.size += store.find(id).value_or(storage::Layer{}).size;
    held.locks.push_back(std::move(lock));
  }
  return held;
}

}  // namespace

std::string chain_id(const std::string& parent, const std::string& diff_id) {
  if (parent.empty()) {
    return diff_id.starts_with("sha256:") ? diff_id.substr(7) : hash::sha256(diff_id);
  }
  return hash::sha256("sha256:" + parent + " " + diff_id);
}

std::vector<WantedLayer> plan_layers(const oci::Manifest& manifest,
                                     const oci::ImageConfig& config) {
  if (manifest.layers.size() != config.diff_ids.size()) {
    throw base::Error(fmt::format("the manifest has {} layers, the image's configuration {}",
                                  manifest.layers.size(), config.diff_ids.size()));
  }
  std::vector<WantedLayer> layers;
  std::string parent;
  for (std::size_t i = 0; i < manifest.layers.size(); ++i) {
    const std::string& diff_id = config.diff_ids[i].text();
    layers.push_back({.blob = manifest.layers[i],
                      .diff_id = diff_id,
                      .id = chain_id(parent, diff_id),
                      .parent = parent});
    parent = layers.back().id;
  }
  return layers;
}

std::vector<WantedLayer> plan_plain_layers(const oci::ImageConfig& config) {
  std::vector<WantedLayer> layers;
  std::string parent;
  for (const oci::Digest& diff_id : config.diff_ids) {
    layers.push_back({.blob = {.media_type = "application/vnd.oci.image.layer.v1.tar",
                               .digest = diff_id,
                               .size = -1,
                               .urls = {},
                               .annotations = {},
                               .platform = {}},
                      .diff_id = diff_id.text(),
                      .id = chain_id(parent, diff_id.text()),
                      .parent = parent});
    parent = layers.back().id;
  }
  return layers;
}

HeldLayers bring_layers(const Store& store, std::span<const WantedLayer> layers, Blobs& blobs) try {
  const storage::LayerStore layer_store(store.layout);
  Holds holds;
  bool squashed = false;
  while (true) {
    const std::vector<const WantedLayer*> missing = hold_or_miss(store, layers, holds);
    if (missing.empty()) break;
    const bool is_any = [&] {
      const Batch batch = take_batch(layer_store, missing);
      if (!batch.layers.empty()) squashed |= try_to_bring(store, batch, blobs, holds);
      return !batch.layers.empty() || batch.locks.empty();
    }();
    if (is_any) continue;
    holds.clear();
    await_way(store, missing);
  }
  say_squashed(squashed);
  return held_of(layer_store, std::move(holds));
} catch (const base::SysError& error) {
  explain_full_disk(store, error);
  throw;
}

AddedLayer add_layer(const Store& store, std::unique_ptr<tar::Source> archive,
                     const std::string& parent) try {
  storage::StagedLayer staged = storage::LayerStore(store.layout).stage();
  Flusher flusher(store.layout);
  Unpacking unpacking(std::move(archive), {.root = staged.root(),
                                           .folder = staged.folder(),
                                           .squash_owners = store.squash_owners,
                                           .blob_algorithm = ""});
  const Unpacked unpacked = [&] {
    try {
      return unpacking.finish();
    } catch (const base::SysError& error) {
      explain_full_disk(store, error);
      throw;
    }
  }();
  say_squashed(unpacked.applied.squashed);
  const storage::Layer layer{.id = chain_id(parent, unpacked.diff_id),
                             .parent = parent,
                             .diff_id = unpacked.diff_id,
                             .blob = unpacked.blob,
                             .media_type = "application/vnd.oci.image.layer.v1.tar",
                             .blob_size = unpacked.blob_size,
                             .size = unpacked.applied.size,
                             .files = unpacked.applied.files};
  staged.describe(layer);
  flusher.finish();
  return {.layer = layer, .hold = staged.commit()};
} catch (const base::SysError& error) {
  explain_full_disk(store, error);
  throw;
}

}  // namespace transfer
