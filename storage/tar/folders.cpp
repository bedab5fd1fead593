#include "storage/tar/folders.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/file.hpp"

#include <algorithm>
#include <optional>

namespace tar {
namespace {

constexpr std::size_t kMostOpen = 100;  // descriptors, per layer

}  // namespace

const sys::Fd* Folders::find(const std::string& path) {
  if (path.empty()) return &root_;
  if (last_ != nullptr && path == last_path_) return last_;
  auto found = open_.find(path);
  if (found == open_.end()) {
    std::optional<sys::Fd> opened = sys::find_in(root_, path, O_PATH | O_DIRECTORY);
    if (!opened) return nullptr;
    if (open_.size() >= kMostOpen) open_.clear();
    found = open_.emplace(path, std::move(*opened)).first;
  }
  last_path_ = path;
  last_ = &found->second;
  return last_;
}

std::string Folders::real_path(const sys::Fd& directory) const {
  const std::string top = sys::find_link(sys::fd_path(root_)).value_or("");
  std::string path = sys::find_link(sys::fd_path(directory)).value_or("");
  if (!path.starts_with(top)) throw base::Error(path + ": it is not in the layer");
  path.erase(0, std::min(top.size() + 1, path.size()));
  return path;
}

void Folders::forget() {
  open_.clear();
  last_ = nullptr;
}

}  // namespace tar
