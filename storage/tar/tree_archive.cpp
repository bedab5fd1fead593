#include "storage/tar/tree_archive.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "storage/tar/member.hpp"
#include "storage/tar/tree.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <optional>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace tar {
namespace {

constexpr std::size_t kPiece = std::size_t{512} << 10U;
constexpr const char* kHides = ".wh.";
constexpr const char* kOpaqueName = ".wh..wh..opq";

// A directory on the way from the root to where we are.
struct Level {
  sys::Fd directory;
  std::string path;  // "" is the root, else with a slash at its end
  std::vector<std::string> names;
  std::size_t next = 0;
};

using File = std::pair<dev_t, ino_t>;

bool is_gone(int error) {
  return error == ENOENT || error == ELOOP || error == ENXIO || error == ENOTDIR;
}

std::string attribute(const sys::Fd& file, const char* name) {
  std::string value(256, '\0');
  while (true) {
    const ssize_t size = ::fgetxattr(file.get(), name, value.data(), value.size());
    if (size >= 0) {
      value.resize(static_cast<std::size_t>(size));
      return value;
    }
    if (errno != ERANGE) return "";
    value.resize(value.size() * 16);
  }
}

std::vector<std::string> attribute_names(const sys::Fd& file) {
  const ssize_t wanted = ::flistxattr(file.get(), nullptr, 0);
  if (wanted <= 0) return {};  // most files have none
  std::string list(static_cast<std::size_t>(wanted), '\0');
  const ssize_t size = ::flistxattr(file.get(), list.data(), list.size());
  std::vector<std::string> names;
  for (std::size_t at = 0; size > 0 && at < static_cast<std::size_t>(size);) {
    names.emplace_back(list.c_str() + at);
    at += names.back().size() + 1;
  }
  return names;
}

bool is_opaque(const sys::Fd& directory) {
  return attribute(directory, "user.overlay.opaque") == "y" ||
         attribute(directory, "user.fuseoverlayfs.opaque") == "y";
}

// An owner that the container does not know is what the kernel shows it instead: nobody.
std::uint32_t seen_as(const std::vector<userns::Extent>& extents, std::uint32_t id) {
  constexpr std::uint32_t kNobody = 65534;
  return userns::inside_of(extents, id).value_or(kNobody);
}

Entry entry_of(const struct stat& status, const std::string& path, const userns::Ids& ids) {
  Entry entry;
  entry.path = path;
  entry.uid = seen_as(ids.uids, status.st_uid);
  entry.gid = seen_as(ids.gids, status.st_gid);
  entry.mode = status.st_mode & 07777U;
  entry.mtime = status.st_mtim;
  return entry;
}

// Capabilities that hold for one namespace's root (version 3) are in an archive for any root's.
void make_rootless(std::string& capability) {
  constexpr std::size_t kVersion2 = 20;
  constexpr std::size_t kVersion3 = 24;
  if (capability.size() != kVersion3) return;
  capability.resize(kVersion2);
  capability[3] = 2;
}

void add_attributes(Entry& entry, const sys::Fd& file) {
  for (const std::string& name : attribute_names(file)) {
    if (!is_welcome_xattr(name)) continue;
    std::string value = attribute(file, name.c_str());
    if (name == "security.capability") make_rootless(value);
    entry.xattrs.emplace_back(name, std::move(value));
  }
}

}  // namespace

struct TreeArchive::Walk {
  TreeOptions options;
  std::vector<Level> levels;
  std::map<File, std::string> links;  // files of several names: the first one
  std::string pending;                // header bytes that wait for room
  std::size_t pending_at = 0;
  sys::Fd file;  // whose bytes come next
  std::int64_t at = 0;
  std::int64_t size = 0;
  std::int64_t data_at = 0;   // where the next piece begins that is no hole, and
  std::int64_t data_end = 0;  // where that ends
  bool is_over = false;
  std::unique_ptr<char[]> buffer = std::make_unique<char[]>(kPiece);
  std::size_t used = 0;

  void begin(sys::Fd directory, const std::string& path);
  void add(const Entry& entry) { pending += header_of(entry); }
  void step();
  void visit(const Level& level, const std::string& name);
  void add_directory(const Level& level, const std::string& name, const struct stat& status);
  void add_file(const sys::Fd& directory, const std::string& name, const std::string& path);
  void add_symlink(const sys::Fd& directory, const std::string& name, Entry entry);
  void add_whiteout(const std::string& parent, const std::string& name, const struct stat& status);
  bool is_linked(Entry& entry, const struct stat& status);
  bool is_mount_point(const std::string& path, const struct stat& status) const;
  void move_pending();
  void move_body();
  std::size_t read_body(std::size_t most);
  void find_data();
};

void TreeArchive::Walk::begin(sys::Fd directory, const std::string& path) {
  std::vector<std::string> names = sys::list_dir(sys::fd_path(directory));
  levels.push_back({std::move(directory), path, std::move(names)});
}

// The next member, or the end of a directory, or of all.
void TreeArchive::Walk::step() {
  if (levels.empty()) {
    pending += end_of_archive();
    is_over = true;
    return;
  }
  Level& level = levels.back();
  if (level.next == level.names.size()) {
    levels.pop_back();
    return;
  }
  const std::string name = level.names[level.next++];
  visit(level, name);
}

void TreeArchive::Walk::visit(const Level& level, const std::string& name) {
  struct stat status {};
  const int directory = level.directory.get();
  if (::fstatat(directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    if (is_gone(errno)) return;
    throw base::SysError(level.path + name);
  }
  Entry entry = entry_of(status, level.path + name, options.ids);
  if (is_mount_point(entry.path, status)) return;
  if (S_ISDIR(status.st_mode)) return add_directory(level, name, status);
  if (S_ISREG(status.st_mode) && (status.st_nlink == 1 || !is_linked(entry, status))) {
    return add_file(level.directory, name, entry.path);
  }
  if (S_ISCHR(status.st_mode) && status.st_rdev == 0 && options.is_upper) {
    return add_whiteout(level.path, name, status);
  }
  if (S_ISLNK(status.st_mode) && (status.st_nlink == 1 || !is_linked(entry, status))) {
    return add_symlink(level.directory, name, std::move(entry));
  }
  if (S_ISFIFO(status.st_mode)) {
    entry.type = EntryType::Fifo;
    add(entry);
  }
}

// True when it is one more name of a file that is in the archive.
bool TreeArchive::Walk::is_linked(Entry& entry, const struct stat& status) {
  const auto [found, is_new] = links.emplace(File{status.st_dev, status.st_ino}, entry.path);
  if (is_new) return false;
  entry.type = EntryType::Hardlink;
  entry.link = found->second;
  add(entry);
  return true;
}

bool TreeArchive::Walk::is_mount_point(const std::string& path, const struct stat& status) const {
  return S_ISREG(status.st_mode) && status.st_size == 0 &&
         std::ranges::count(options.mount_points, path) != 0;
}

void TreeArchive::Walk::add_directory(const Level& level, const std::string& name,
                                      const struct stat& status) {
  const int number = ::openat(level.directory.get(), name.c_str(),
                              O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  const std::string path = level.path + name + "/";
  if (number < 0) {
    if (is_gone(errno)) return;
    throw base::SysError(path);
  }
  sys::Fd directory(number);
  Entry entry = entry_of(status, path, options.ids);
  entry.type = EntryType::Directory;
  add_attributes(entry, directory);
  add(entry);
  if (options.is_upper && is_opaque(directory)) {
    Entry opaque;
    opaque.path = path + kOpaqueName;
    opaque.mtime = status.st_mtim;
    add(opaque);
  }
  begin(std::move(directory), path);  // `level` is no more after this
}

void TreeArchive::Walk::add_file(const sys::Fd& directory, const std::string& name,
                                 const std::string& path) {
  // What took its place meanwhile shall not keep us waiting.
  constexpr int kFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
  sys::Fd opened(::openat(directory.get(), name.c_str(), kFlags));
  if (!opened) {
    if (is_gone(errno)) return;
    throw base::SysError(path);
  }
  struct stat status {};
  if (::fstat(opened.get(), &status) != 0) throw base::SysError(path);
  if (!S_ISREG(status.st_mode)) return;
  Entry entry = entry_of(status, path, options.ids);
  entry.size = status.st_size;
  add_attributes(entry, opened);
  add(entry);
  if (entry.size == 0) return;
  file = std::move(opened);
  at = 0;
  size = entry.size;
  const bool has_holes = static_cast<std::int64_t>(status.st_blocks) * 512 < size;
  data_at = 0;
  data_end = has_holes ? 0 : size;
}

void TreeArchive::Walk::add_symlink(const sys::Fd& directory, const std::string& name,
                                    Entry entry) {
  std::array<char, PATH_MAX> target{};
  const ssize_t length = ::readlinkat(directory.get(), name.c_str(), target.data(), target.size());
  if (length < 0) return;
  entry.type = EntryType::Symlink;
  entry.link.assign(target.data(), static_cast<std::size_t>(length));
  add(entry);
}

void TreeArchive::Walk::add_whiteout(const std::string& parent, const std::string& name,
                                     const struct stat& status) {
  Entry whiteout;
  whiteout.path = parent + kHides + name;
  whiteout.mtime.tv_sec = status.st_mtim.tv_sec;
  add(whiteout);
}

void TreeArchive::Walk::move_pending() {
  const std::size_t count = std::min(kPiece - used, pending.size() - pending_at);
  std::memcpy(buffer.get() + used, pending.data() + pending_at, count);
  used += count;
  pending_at += count;
  if (pending_at == pending.size()) {
    pending.clear();
    pending_at = 0;
  }
}

// Where there is data at or behind `at`; the end of the file when there is none.
void TreeArchive::Walk::find_data() {
  const off_t begin = ::lseek(file.get(), at, SEEK_DATA);
  if (begin < 0) {
    data_at = data_end = size;
    if (errno == ENXIO) return;
    data_at = at;  // a file system that knows no holes
    return;
  }
  data_at = std::min<std::int64_t>(begin, size);
  const off_t end = ::lseek(file.get(), begin, SEEK_HOLE);
  data_end = end < 0 ? size : std::min<std::int64_t>(end, size);
}

// Bytes of the file; 0 when it has become shorter.
std::size_t TreeArchive::Walk::read_body(std::size_t most) {
  if (at >= data_end) find_data();
  char* const place = buffer.get() + used;
  if (at < data_at) {
    const std::size_t count = std::min(most, static_cast<std::size_t>(data_at - at));
    std::memset(place, 0, count);
    return count;
  }
  const std::size_t wanted = std::min(most, static_cast<std::size_t>(data_end - at));
  while (true) {
    const ssize_t count = ::pread(file.get(), place, wanted, at);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) throw base::SysError("read " + levels.back().path);
  }
}

void TreeArchive::Walk::move_body() {
  const std::size_t most = std::min(kPiece - used, static_cast<std::size_t>(size - at));
  std::size_t count = read_body(most);
  if (count == 0) {
    std::memset(buffer.get() + used, 0, most);
    count = most;
  }
  used += count;
  at += static_cast<std::int64_t>(count);
  if (at < size) return;
  pending.append(padding_of(size), '\0');
  file.reset();
}

TreeArchive::TreeArchive(sys::Fd root, TreeOptions options) : walk_(std::make_unique<Walk>()) {
  walk_->options = std::move(options);
  walk_->begin(std::move(root), "");
  if (!walk_->options.only.empty()) walk_->levels.back().names = walk_->options.only;
}

TreeArchive::~TreeArchive() = default;

std::string_view TreeArchive::read() {
  Walk& walk = *walk_;
  walk.used = 0;
  while (walk.used < kPiece) {
    if (!walk.pending.empty()) {
      walk.move_pending();
    } else if (walk.file) {
      walk.move_body();
    } else if (!walk.is_over) {
      walk.step();
    } else {
      break;
    }
  }
  return {walk.buffer.get(), walk.used};
}

}  // namespace tar
