// A container with ids of its own (--userns=keep-id) must see the image's files as root's, but
// nobody without privileges on the host can have a file system show other owners: an idmapped mount
// of the user's home is refused. So the owners need inodes of their own. Copying all files for
// that, as the peers do, takes as long as unpacking them and as much space. Overlay can do better
// since 6.16: a file with the attributes "metacopy" and "redirect" lends its owner, mode and times,
// and its contents come from a data layer, which is the layer that we have. Such a tree is made in
// the time that its inodes take, and no contents have to be brought to the disk.
//
// There is one thin tree for all layers of an image, made of what they show as one tree: the kernel
// refuses to go from one such file to another below it. A redirect is looked up in all data layers,
// from the top. The name it has here is what the container sees, so the first layer that has a file
// of this name is the one that is meant. With hard links that is not so: a file can be seen by one
// name and be redirected to another. They are copied.
#include "storage/shifted.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/fingerprint.hpp"
#include "pkg/base/id.hpp"
#include "pkg/base/log.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/fd.hpp"
#include "pkg/sys/file.hpp"
#include "storage/layer_store.hpp"
#include "storage/overlay.hpp"
#include "storage/staging.hpp"

#include <fmt/core.h>

#include <array>
#include <chrono>
#include <cstring>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace storage {
namespace {

constexpr std::string_view kOverlayMark = "user.overlay.";
constexpr const char* kOpaque = "user.overlay.opaque";
constexpr std::string_view kCapability = "security.capability";
constexpr std::size_t kMost = std::size_t{1} << 30U;  // of copy_file_range(2) at once
constexpr int kFolder = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;
constexpr auto kLong = std::chrono::seconds(1);

struct Pair {
  sys::Fd from;
  sys::Fd to;
};

// See capabilities(7), "Version 3": revision and flags, two pairs of sets, and whose root it is
// for. What we read is version 2, for the session's root: it lacks the last of them.
std::string for_root(std::string value, std::uint32_t root) {
  constexpr std::size_t kVersion2 = 20;
  constexpr char kVersion3 = 3;
  if (value.size() != kVersion2) return value;
  value[3] = kVersion3;
  for (unsigned shift = 0; shift < 32; shift += 8)
    value.push_back(static_cast<char>((root >> shift) & 0xFFU));
  return value;
}

enum class Form { Thin, Whole };

class Shifter {
 public:
  Shifter(const userns::Ids& ids, Form form, const std::string& target)
      : ids_(ids), form_(form), target_(sys::open_dir(target)) {}

  void add(sys::Fd from) {
    shift_folder({std::move(from), sys::open_dir(sys::fd_path(target_))}, "");
    // Contents that were copied are not in the file system's journal, as all the rest is.
    if (has_contents_ && ::syncfs(target_.get()) != 0) throw base::SysError("sync");
  }

 private:
  void shift_folder(const Pair& folder, const std::string& path);
  void shift_entry(const Pair& parent, const std::string& name, const std::string& path);
  void shift_file(const Pair& parent, const std::string& name, const std::string& path);
  void shift_other(const Pair& parent, const std::string& name, const struct stat& status);
  void copy_bytes(const sys::Fd& from, const sys::Fd& to);
  void copy_attributes(const sys::Fd& from, const sys::Fd& to) const;
  void set_status(const sys::Fd& to, const struct stat& status) const;
  std::pair<uid_t, gid_t> owner_of(const struct stat& status) const;
  void say_if_long();

  const userns::Ids& ids_;
  Form form_;
  sys::Fd target_;
  bool has_contents_ = false;
  bool has_said_ = false;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::map<ino_t, std::string> links_;  // where the first name of a file went
};

std::pair<uid_t, gid_t> Shifter::owner_of(const struct stat& status) const {
  const auto uid = userns::outside_of(ids_.uids, status.st_uid);
  const auto gid = userns::outside_of(ids_.gids, status.st_gid);
  if (uid && gid) return {*uid, *gid};
  throw base::Error(fmt::format("belongs to {}:{}, which the container's ids do not reach to",
                                status.st_uid, status.st_gid));
}

void Shifter::set_status(const sys::Fd& to, const struct stat& status) const {
  const std::array<timespec, 2> times = {status.st_atim, status.st_mtim};
  if (::fchmod(to.get(), status.st_mode & 07777U) != 0) throw base::SysError("chmod");
  if (::futimens(to.get(), times.data()) != 0) throw base::SysError("set times");
}

void Shifter::copy_attributes(const sys::Fd& from, const sys::Fd& to) const {
  std::array<char, 4096> names{};
  const ssize_t length = ::flistxattr(from.get(), names.data(), names.size());
  std::string_view rest(names.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
  while (!rest.empty()) {
    const std::string name(rest.substr(0, rest.find('\0')));
    rest.remove_prefix(name.size() + 1);
    if (name.starts_with(kOverlayMark) && name != kOpaque) continue;
    std::string value(65536, '\0');
    const ssize_t size = ::fgetxattr(from.get(), name.c_str(), value.data(), value.size());
    if (size < 0) continue;
    value.resize(static_cast<std::size_t>(size));
    if (name == kCapability) {
      value = for_root(std::move(value), userns::outside_of(ids_.uids, 0).value_or(0));
    }
    // What this file system or a security module refuses is lost: it is theirs to give.
    ::fsetxattr(to.get(), name.c_str(), value.data(), value.size(), 0);
  }
}

void Shifter::copy_bytes(const sys::Fd& from, const sys::Fd& to) {
  has_contents_ = true;
  if (::ioctl(to.get(), FICLONE, from.get()) == 0) return;
  ssize_t count = 0;
  while ((count = ::copy_file_range(from.get(), nullptr, to.get(), nullptr, kMost, 0)) > 0) {
  }
  if (count == 0) return;
  // From an overlay to what is below it: the kernel copies between file systems of one kind only.
  while ((count = ::sendfile(to.get(), from.get(), nullptr, kMost)) > 0) {
  }
  if (count < 0) throw base::SysError("copy");
}

void Shifter::shift_file(const Pair& parent, const std::string& name, const std::string& path) {
  const sys::Fd from = sys::open_at(parent.from, name, O_RDONLY | O_NOFOLLOW);
  struct stat status {};
  if (::fstat(from.get(), &status) != 0) throw base::SysError("stat");
  const sys::Fd to = sys::open_at(parent.to, name, O_WRONLY | O_CREAT | O_EXCL, 0600);
  if (status.st_size > 0 && (form_ == Form::Whole || status.st_nlink > 1)) {
    copy_bytes(from, to);
  } else if (status.st_size > 0) {
    lend_contents(to, "/" + path, status.st_size);
  }
  const auto [uid, gid] = owner_of(status);
  if (::fchown(to.get(), uid, gid) != 0) throw base::SysError("chown");
  copy_attributes(from, to);  // file capabilities go with a change of owner
  set_status(to, status);
}

// Links, and what has neither contents nor, in some file systems, attributes: whiteouts, pipes.
void Shifter::shift_other(const Pair& parent, const std::string& name, const struct stat& status) {
  if (S_ISLNK(status.st_mode)) {
    std::array<char, 4096> text{};
    const ssize_t length =
        ::readlinkat(parent.from.get(), name.c_str(), text.data(), text.size() - 1);
    if (length < 0 || ::symlinkat(text.data(), parent.to.get(), name.c_str()) != 0) {
      throw base::SysError("link");
    }
  } else if (::mknodat(parent.to.get(), name.c_str(), status.st_mode, status.st_rdev) != 0) {
    throw base::SysError("mknod");
  }
  const std::array<timespec, 2> times = {status.st_atim, status.st_mtim};
  const auto [uid, gid] = owner_of(status);
  if (::fchownat(parent.to.get(), name.c_str(), uid, gid, AT_SYMLINK_NOFOLLOW) != 0) {
    throw base::SysError("chown");
  }
  ::utimensat(parent.to.get(), name.c_str(), times.data(), AT_SYMLINK_NOFOLLOW);
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the tree.
void Shifter::shift_entry(const Pair& parent, const std::string& name, const std::string& path) {
  struct stat status {};
  if (::fstatat(parent.from.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    throw base::SysError("stat");
  }
  if (S_ISDIR(status.st_mode)) {
    if (::mkdirat(parent.to.get(), name.c_str(), 0700) != 0) throw base::SysError("make directory");
    shift_folder({sys::open_at(parent.from, name, kFolder), sys::open_at(parent.to, name, kFolder)},
                 path);
    return;
  }
  const auto known = links_.find(status.st_ino);
  if (known != links_.end()) {
    if (::linkat(target_.get(), known->second.c_str(), parent.to.get(), name.c_str(), 0) != 0) {
      throw base::SysError("link");
    }
    return;
  }
  if (S_ISREG(status.st_mode)) {
    shift_file(parent, name, path);
  } else {
    shift_other(parent, name, status);
  }
  // Whiteouts share one inode in some stores; they are made one by one all the same.
  if (status.st_nlink > 1 && !S_ISCHR(status.st_mode)) links_.emplace(status.st_ino, path);
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the tree.
void Shifter::shift_folder(const Pair& folder, const std::string& path) {
  say_if_long();
  struct stat status {};
  if (::fstat(folder.from.get(), &status) != 0) throw base::SysError("stat");
  for (const std::string& name : sys::list_dir(sys::fd_path(folder.from))) {
    try {
      shift_entry(folder, name, path.empty() ? name : fmt::format("{}/{}", path, name));
    } catch (base::Error& error) {
      error.during(name);
      throw;
    }
  }
  const auto [uid, gid] = owner_of(status);
  if (::fchown(folder.to.get(), uid, gid) != 0) throw base::SysError("chown");
  copy_attributes(folder.from, folder.to);
  set_status(folder.to, status);
}

void Shifter::say_if_long() {
  if (has_said_ || std::chrono::steady_clock::now() - begin_ < kLong) return;
  has_said_ = true;
  fmt::print(stderr, "Preparing the image for the container's user ids (once only) ...\n");
}

std::string key_of(const userns::Ids& ids, Form form) {
  const std::string text = userns::map_text(ids.uids) + "/" + userns::map_text(ids.gids);
  return (form == Form::Thin ? "image-" : "layer-") + base::fingerprint(text);
}

struct Wanted {
  const Layout& layout;
  const std::string& layer;
  const userns::Ids& ids;
  Form form;
};

template <typename Open>
std::string find_or_make(const Wanted& wanted, Open open) try {
  const Layout& layout = wanted.layout;
  const std::string key = key_of(wanted.ids, wanted.form);
  const std::string path = layout.shifted(wanted.layer) + "/" + key;
  const std::string tree = path + "/root";
  if (sys::exists(path)) return tree;
  // Who comes second waits, and finds it.
  const NamedLock lock = NamedLock::take(layout, fmt::format("shift-{}-{}", wanted.layer, key));
  if (sys::exists(path)) return tree;
  sys::spread_folders(layout.staging());
  Staged staged(layout);
  sys::make_dir(staged.path() + "/root");
  Shifter(wanted.ids, wanted.form, staged.path() + "/root").add(open());
  sys::make_dir(layout.shifted(wanted.layer), 0700);
  staged.publish(path);
  return tree;
} catch (base::Error& error) {
  error.during("layer " + base::short_id(wanted.layer) + " for the container's ids");
  throw;
}

}  // namespace

std::string thin_tree(const Layout& layout, const std::string& top, const userns::Ids& ids,
                      const Stack& layers, OverlayCall call) {
  return find_or_make({layout, top, ids, Form::Thin}, [&] {
    if (layers.lowers.size() == 1) return sys::open_dir(layers.lowers.front());
    return sys::open_at(mount_overlay(layers, call, ""), ".", O_RDONLY | O_DIRECTORY);
  });
}

std::string whole_tree(const Layout& layout, const std::string& layer, const userns::Ids& ids) {
  return find_or_make({layout, layer, ids, Form::Whole},
                      [&] { return sys::open_dir(LayerStore(layout).root(layer)); });
}

}  // namespace storage
