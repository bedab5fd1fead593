// Layers are never changed once they are committed, so what is the same in two of them may be
// stored once. Best by blocks (reflinks): then files stay files of their own. Otherwise, when asked
// for, by hard links, which a container can see: the link count is the file's own. So that it sees
// no more than that, no image gets two names of one file.
#include "pkg/transfer/dedup.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/containers/container.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/reflink.hpp"
#include "pkg/transfer/duplicates.hpp"
#include "storage/durable.hpp"
#include "storage/folder_times.hpp"
#include "storage/staging.hpp"

#include <algorithm>
#include <cerrno>

#include <sys/stat.h>
#include <unistd.h>

namespace transfer {
namespace {

constexpr std::int64_t kLeastShared = 4096;  // less has no block of its own

bool has_reflinks(const storage::Staged& staged) {
  sys::create_file(staged.path() + "/one", std::string(kLeastShared, 'x'));
  sys::create_file(staged.path() + "/other", "");
  return sys::clone_file(sys::open_file(staged.path() + "/one"),
                         sys::open_file(staged.path() + "/other", O_WRONLY));
}

// Those that are there and nobody removes, until this is over.
struct Held {
  std::vector<storage::Layer> layers;
  std::vector<std::string> roots;
  std::vector<sys::Lock> locks;
};

Held hold_layers(const storage::LayerStore& store) {
  Held held;
  for (storage::Layer& layer : store.list()) {
    auto lock = store.hold(layer.id);
    if (!lock) continue;
    held.locks.push_back(std::move(*lock));
    held.roots.push_back(store.root(layer.id));
    held.layers.push_back(std::move(layer));
  }
  return held;
}

std::string folder_of(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

// Folders get their times back, whatever happens in between.
class FolderTimes {
 public:
  FolderTimes(const storage::Staged& staged, const std::vector<Sharing>& plan)
      : folder_(staged.path()) {
    std::set<std::string> folders;
    for (const Sharing& each : plan)
      folders.insert(folder_of(each.spare));
    storage::note_folder_times(folder_, {folders.begin(), folders.end()});
  }
  FolderTimes(const FolderTimes&) = delete;
  FolderTimes& operator=(const FolderTimes&) = delete;
  ~FolderTimes() {
    try {
      if (storage::restore_folder_times(folder_)) return;
      base::log::warn("some folders of layers have another time now");
    } catch (const base::Error& error) {
      base::log::warn("{}", error.what());
    }
  }

 private:
  std::string folder_;
};

// A name is one file or the other at any moment, never none. False when the file system has no
// more room for links to this file.
bool link_in_place(const storage::Staged& staged, const Sharing& each) {
  const std::string fresh = staged.path() + "/link";
  if (::link(each.kept.c_str(), fresh.c_str()) != 0) {
    if (errno == EMLINK || errno == EPERM) return false;
    throw base::SysError(each.kept);
  }
  sys::rename_path(fresh, each.spare);
  return true;
}

void count(const Sharing& each, Deduped& done) {
  ++done.files;
  done.bytes += each.bytes;
}

void share_by_links(const storage::Staged& staged, const Held& held, const DedupOptions& options,
                    Deduped& done) {
  std::vector<LayerFile> files = find_files(held.roots);
  std::erase_if(files, [&](const LayerFile& file) {
    return !file.is_single_in_layers() ||
           std::any_of(file.layers.begin(), file.layers.end(), [&](std::size_t layer) {
             return options.running.contains(held.layers[layer].id);
           });
  });
  const auto plan = plan_links(group_alike(std::move(files), Alike::All), held.layers);
  if (options.dry_run || plan.empty()) {
    for (const Sharing& each : plan)
      count(each, done);
    return;
  }
  const FolderTimes times(staged, plan);
  for (const Sharing& each : plan)
    if (link_in_place(staged, each)) count(each, done);
}

// In a group all come to rest on the blocks of the first.
void share_group(const std::vector<LayerFile>& group, bool dry_run, Deduped& done) {
  constexpr int kFlags = O_RDONLY | O_NOFOLLOW;
  const sys::Fd kept = sys::open_file(group.front().path, kFlags);
  for (std::size_t i = 1; i < group.size(); ++i) {
    const struct stat& status = group[i].status;
    const sys::Fd spare = sys::open_file(group[i].path, kFlags);
    if (sys::has_same_blocks(kept, spare)) continue;
    const auto size = static_cast<std::uint64_t>(status.st_size);
    if (!dry_run && !sys::share_blocks(kept, spare, size)) continue;
    ++done.files;
    done.bytes += status.st_blocks * 512;
  }
}

void share_by_blocks(const Held& held, const DedupOptions& options, Deduped& done) {
  std::vector<LayerFile> files = find_files(held.roots);
  std::erase_if(files, [](const LayerFile& file) { return file.status.st_size < kLeastShared; });
  for (const auto& group : group_alike(std::move(files), Alike::Contents))
    share_group(group, options.dry_run, done);
}

}  // namespace

std::set<std::string> running_layers(const home::Home& home) {
  std::set<std::string> running;
  for (const std::string& id : sys::list_dir(home.containers())) {
    const auto container = containers::find_by_id(home, id);
    if (!container || !containers::state_of(home, *container).is_running()) continue;
    running.insert(container->layers.begin(), container->layers.end());
  }
  return running;
}

Deduped dedup(const Store& store, const DedupOptions& options) {
  const auto turn = storage::NamedLock::take(store.layout, "dedup");
  const storage::Staged staged(store.layout);
  const Held held = hold_layers(storage::LayerStore(store.layout));
  Deduped done;
  done.layers = static_cast<std::int64_t>(held.layers.size());
  if (has_reflinks(staged)) {
    done.way = Deduped::Way::Reflinks;
    share_by_blocks(held, options, done);
  } else if (options.hard_links) {
    done.way = Deduped::Way::HardLinks;
    share_by_links(staged, held, options, done);
  }
  return done;
}

}  // namespace transfer
