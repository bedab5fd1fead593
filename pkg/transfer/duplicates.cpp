#include "pkg/transfer/duplicates.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/base/text.hpp"
#include "pkg/hash/sha256.hpp"
#include "pkg/sys/file.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

#include <fts.h>
#include <sys/xattr.h>

namespace transfer {
namespace {

constexpr std::size_t kPiece = std::size_t{256} << 10U;
constexpr std::size_t kMostLinks = 30'000;  // ext4 ends at 65000

using Inode = std::pair<dev_t, ino_t>;
using Sum = std::string;

class Finder {
 public:
  void walk(std::string root, std::size_t layer);
  std::vector<LayerFile> take() { return std::move(files_); }

 private:
  void add(const std::string& path, const struct stat& status, std::size_t layer);

  std::vector<LayerFile> files_;
  std::map<Inode, std::size_t> known_;
};

void Finder::add(const std::string& path, const struct stat& status, std::size_t layer) {
  const auto [place, is_new] = known_.emplace(Inode{status.st_dev, status.st_ino}, files_.size());
  if (is_new) {
    files_.push_back({.path = path, .status = status, .layers = {layer}});
  } else {
    files_[place->second].layers.push_back(layer);
  }
}

void Finder::walk(std::string root, std::size_t layer) {
  std::array<char*, 2> roots = {root.data(), nullptr};
  FTS* walk = ::fts_open(roots.data(), FTS_PHYSICAL | FTS_NOCHDIR, nullptr);
  if (walk == nullptr) throw base::SysError(root);
  while (const FTSENT* entry = ::fts_read(walk)) {
    if (entry->fts_info != FTS_F || !S_ISREG(entry->fts_statp->st_mode)) continue;
    if (entry->fts_statp->st_blocks == 0) continue;
    add({entry->fts_path, entry->fts_pathlen}, *entry->fts_statp, layer);
  }
  ::fts_close(walk);
}

// In the order of what it is compared by.
auto key_of(const struct stat& status, Alike alike) {
  const bool all = alike == Alike::All;
  return std::make_tuple(status.st_dev, status.st_size, all ? status.st_mode : 0,
                         all ? status.st_uid : 0, all ? status.st_gid : 0,
                         all ? status.st_mtim.tv_sec : 0, all ? status.st_mtim.tv_nsec : 0);
}

std::string attributes_of(const sys::Fd& file) {
  std::string names(65536, '\0');
  const ssize_t length = ::flistxattr(file.get(), names.data(), names.size());
  if (length < 0 && errno == ENOTSUP) return "";
  if (length < 0) throw base::SysError("attributes");
  names.resize(static_cast<std::size_t>(length));
  std::map<std::string, std::string> all;
  for (const std::string& name : base::split(names, '\0')) {
    if (name.empty()) continue;
    std::string value(65536, '\0');
    const ssize_t size = ::fgetxattr(file.get(), name.c_str(), value.data(), value.size());
    if (size < 0) throw base::SysError("attribute " + name);
    all[name] = value.substr(0, static_cast<std::size_t>(size));
  }
  std::string text;
  for (const auto& [name, value] : all)
    text += fmt::format("{} {} {}", name, value.size(), value);
  return text;
}

Sum sum_of(const LayerFile& file, Alike alike) {
  const sys::Fd open = sys::open_file(file.path, O_RDONLY | O_NOFOLLOW);
  hash::Sha256 hasher;
  std::string buffer(kPiece, '\0');
  while (true) {
    const ssize_t count = ::read(open.get(), buffer.data(), buffer.size());
    if (count < 0) throw base::SysError(file.path);
    if (count == 0) break;
    hasher.update(std::string_view(buffer).substr(0, static_cast<std::size_t>(count)));
  }
  const Sum sum = hasher.finish();
  return alike == Alike::All ? sum + attributes_of(open) : sum;
}

using Groups = std::vector<std::vector<LayerFile>>;

// Of files that have one key. A file that cannot be read is not alike any other.
void read_and_group(std::vector<LayerFile> files, Alike alike, Groups& groups) {
  std::map<Sum, std::vector<LayerFile>> by_sum;
  for (LayerFile& file : files) {
    try {
      const Sum sum = sum_of(file, alike);
      by_sum[sum].push_back(std::move(file));
    } catch (const base::Error& error) {
      base::log::warn("{}", error.what());
    }
  }
  for (auto& [sum, group] : by_sum)
    if (group.size() > 1) groups.push_back(std::move(group));
}

// Which layers are below one another.
class Chains {
 public:
  explicit Chains(const std::vector<storage::Layer>& layers) : layers_(layers) {
    for (const storage::Layer& layer : layers)
      parents_[layer.id] = layer.parent;
  }

  // Whether an image can have both.
  bool are_together(std::size_t one, std::size_t other) const {
    return is_below(layers_[one].id, layers_[other].id) ||
           is_below(layers_[other].id, layers_[one].id);
  }

 private:
  bool is_below(const std::string& lower, const std::string& upper) const {
    std::string each = upper;
    for (std::size_t steps = 0; steps <= layers_.size() && !each.empty(); ++steps) {
      if (each == lower) return true;
      const auto found = parents_.find(each);
      each = found == parents_.end() ? "" : found->second;
    }
    return false;
  }

  const std::vector<storage::Layer>& layers_;
  std::map<std::string, std::string> parents_;
};

bool may_join(const LayerFile& kept, const LayerFile& spare, const Chains& chains) {
  return kept.layers.size() < kMostLinks &&
         std::none_of(kept.layers.begin(), kept.layers.end(), [&](std::size_t layer) {
           return chains.are_together(layer, spare.layers.front());
         });
}

}  // namespace

bool LayerFile::is_single_in_layers() const {
  return layers.size() == status.st_nlink &&
         std::set<std::size_t>(layers.begin(), layers.end()).size() == layers.size();
}

std::vector<LayerFile> find_files(const std::vector<std::string>& roots) {
  Finder finder;
  for (std::size_t layer = 0; layer < roots.size(); ++layer)
    finder.walk(roots[layer], layer);
  return finder.take();
}

std::vector<std::vector<LayerFile>> group_alike(std::vector<LayerFile> files, Alike alike) {
  std::sort(files.begin(), files.end(), [&](const LayerFile& one, const LayerFile& other) {
    return key_of(one.status, alike) < key_of(other.status, alike);
  });
  Groups groups;
  for (std::size_t begin = 0, end = 0; begin < files.size(); begin = end) {
    std::vector<LayerFile> alikes;
    const auto key = key_of(files[begin].status, alike);
    for (end = begin; end < files.size() && key_of(files[end].status, alike) == key; ++end)
      alikes.push_back(files[end]);
    if (alikes.size() > 1) read_and_group(std::move(alikes), alike, groups);
  }
  return groups;
}

std::vector<Sharing> plan_links(const std::vector<std::vector<LayerFile>>& groups,
                                const std::vector<storage::Layer>& layers) {
  const Chains chains(layers);
  std::vector<Sharing> plan;
  for (std::vector<LayerFile> group : groups) {
    // Those that many layers share already come first, so that others join them.
    std::stable_sort(group.begin(), group.end(), [](const LayerFile& one, const LayerFile& other) {
      return one.layers.size() > other.layers.size();
    });
    std::vector<LayerFile*> kept;
    for (LayerFile& file : group) {
      const auto found = std::find_if(kept.begin(), kept.end(), [&](const LayerFile* each) {
        return may_join(*each, file, chains);
      });
      if (file.layers.size() > 1 || found == kept.end()) {
        kept.push_back(&file);
        continue;
      }
      (*found)->layers.push_back(file.layers.front());
      plan.push_back({.kept = (*found)->path,
                      .spare = file.path,
                      .size = file.status.st_size,
                      .bytes = file.status.st_blocks * 512});
    }
  }
  return plan;
}

}  // namespace transfer
