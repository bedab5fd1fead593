#include "pkg/runtime/tree.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/runtime/inside/calls.hpp"
#include "pkg/sys/file.hpp"

#include <climits>

#include <array>
#include <cerrno>
#include <deque>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>

namespace runtime {
namespace {

constexpr int kMostLinks = 40;  // as the kernel has it
constexpr mode_t kMountPoint = S_IFREG | 0644;

bool is_here(std::string_view part) {
  return part.empty() || part == ".";
}

std::string parent_of(const std::string& path) {
  return path.substr(0, path.find_last_of('/'));
}

bool is_below(const std::string& path, const std::string& directory) {
  return path.size() > directory.size() && path.starts_with(directory) &&
         path[directory.size()] == '/';
}

void push_front(std::deque<std::string>& pending, std::string_view path) {
  const auto parts = base::split(path, '/');
  pending.insert(pending.begin(), parts.begin(), parts.end());
}

}  // namespace

// The text of the link at a path whose parents are no links; nothing when it is no link.
std::optional<std::string> Tree::find_link(const std::string& path) const {
  const Place place = place_of(path);
  if (place.mount < 0 || place.rest.empty()) return std::nullopt;
  std::array<char, PATH_MAX> text{};
  const ssize_t size = ::readlinkat(place.mount, place.rest.c_str(), text.data(), text.size());
  if (size < 0) return std::nullopt;
  return std::string(text.data(), static_cast<std::size_t>(size));
}

std::string Tree::resolve(const std::string& path) const {
  std::deque<std::string> pending;
  push_front(pending, path);
  std::string resolved;
  int links = 0;
  while (!pending.empty()) {
    const std::string part = std::move(pending.front());
    pending.pop_front();
    if (is_here(part)) continue;
    if (part == "..") {
      resolved = parent_of(resolved);
      continue;
    }
    std::string next = resolved;
    next.append("/").append(part);
    if (const auto target = find_link(next)) {
      if (++links > kMostLinks) throw base::SysError(path, ELOOP);
      if (target->starts_with('/')) resolved.clear();
      push_front(pending, *target);
    } else {
      resolved = std::move(next);
    }
  }
  return resolved.empty() ? "/" : resolved;
}

Tree::Place Tree::place_of(const std::string& path) const {
  for (auto mount = mounts_.rbegin(); mount != mounts_.rend(); ++mount) {
    if (path == mount->first) return {mount->second, ""};
    if (is_below(path, mount->first)) return {mount->second, path.substr(mount->first.size() + 1)};
  }
  return {root_, path.substr(1)};
}

bool Tree::is_covered(const std::string& target) const {
  for (const auto& [covered, mount] : mounts_) {
    if (covered == target) return true;
  }
  return false;
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the path.
void Tree::make_parents(const std::string& path) const {
  const std::string parent = parent_of(path);
  if (!parent.empty()) make_directory(parent);
}

// Somebody who runs in the same folder or volume may put links where directories were when the path
// was resolved: they lead nowhere out of it.
Tree::Spot Tree::find_spot(const Place& place) {
  const std::size_t slash = place.rest.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : place.rest.substr(0, slash);
  std::string name = place.rest.substr(slash + 1);
  return {sys::Fd(inside::open_in_root(place.mount, folder.c_str(), O_PATH | O_DIRECTORY)),
          std::move(name)};
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the path.
template <typename Make>
void Tree::make(const std::string& path, Make make) const {
  const Place place = place_of(path);
  if (place.mount < 0 || place.rest.empty()) return;
  Spot spot = find_spot(place);
  if (!spot.folder && errno == ENOENT) {
    make_parents(path);
    spot = find_spot(place);
  }
  if (spot.folder && make(spot)) return give(spot);
  if (!spot.folder || errno != EEXIST) throw base::SysError("make mount point " + path);
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the path.
void Tree::make_directory(const std::string& path) const {
  make(path,
       [](const Spot& spot) { return ::mkdirat(spot.folder.get(), spot.name.c_str(), 0755) == 0; });
}

void Tree::make_file(const std::string& path) const {
  make(path, [](const Spot& spot) {
    return ::mknodat(spot.folder.get(), spot.name.c_str(), kMountPoint, 0) == 0;
  });
}

void Tree::make_node(const std::string& path, mode_t mode, dev_t device, const Owner& owner) const {
  const Place place = place_of(path);
  if (place.mount < 0 || place.rest.empty()) throw base::SysError("make device " + path, EINVAL);
  make_parents(path);
  const auto [folder, name] = find_spot(place);
  if (!folder || (::mknodat(folder.get(), name.c_str(), mode, device) != 0 && errno != EEXIST)) {
    throw base::SysError("make device " + path);
  }
  const sys::Fd node = sys::open_at(folder, name, O_PATH | O_NOFOLLOW);
  if (::fchownat(node.get(), "", owner.uid, owner.gid, AT_EMPTY_PATH) != 0 ||
      ::chmod(sys::fd_path(node).c_str(), mode & 07777U) != 0) {
    throw base::SysError("make device " + path);
  }
}

void Tree::make_link(const std::string& text, const std::string& path) const {
  const Place place = place_of(path);
  if (place.mount < 0 || place.rest.empty()) return;
  const Spot spot = find_spot(place);
  if (spot.folder && ::symlinkat(text.c_str(), spot.folder.get(), spot.name.c_str()) == 0) {
    give(spot);
  } else if (!spot.folder || errno != EEXIST) {
    throw base::SysError("make link " + path);
  }
}

void Tree::give(const Spot& spot) const {
  if (owner_.uid == 0 && owner_.gid == 0) return;
  (void)!::fchownat(spot.folder.get(), spot.name.c_str(), owner_.uid, owner_.gid,
                    AT_SYMLINK_NOFOLLOW);
}

sys::Fd Tree::open(const std::string& path, int flags) const {
  const auto [folder, name] = find_spot(place_of(path));
  if (!folder) throw base::SysError(path);
  return sys::open_at(folder, name.empty() ? "." : name, flags | O_NOFOLLOW);
}

}  // namespace runtime
