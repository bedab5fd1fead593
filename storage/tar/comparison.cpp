#include "storage/tar/comparison.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/fd.hpp"
#include "pkg/sys/file.hpp"
#include "storage/tar/expected.hpp"
#include "storage/tar/inflate.hpp"
#include "storage/tar/outline.hpp"
#include "storage/tar/tree.hpp"

#include <fmt/core.h>

#include <array>
#include <cerrno>
#include <set>

#include <fts.h>
#include <sys/stat.h>
#include <sys/xattr.h>

namespace tar {
namespace {

constexpr std::size_t kPiece = std::size_t{128} << 10U;

class FileSource : public Source {
 public:
  explicit FileSource(const std::string& path) : file_(sys::open_file(path)) {}

  std::string_view read() override {
    const ssize_t count = ::read(file_.get(), buffer_.data(), buffer_.size());
    if (count < 0) throw base::SysError("read the outline");
    return {buffer_.data(), static_cast<std::size_t>(count)};
  }

 private:
  sys::Fd file_;
  std::string buffer_ = std::string(kPiece, '\0');
};

ExpectedTree read_outline(const std::string& folder) {
  FileSource compressed(outline_file(folder));
  InflatedSource outline(compressed);
  Reader reader(outline);
  ExpectedTree tree;
  while (const Entry* entry = reader.next()) {
    const Place place = place_of(entry->path);
    if (is_left_out(*entry, place)) reader.expect_no_body();
    tree.add(place, *entry);
  }
  return tree;
}

Node::Kind kind_of(const struct stat& status) {
  if (S_ISDIR(status.st_mode)) return Node::Kind::Directory;
  if (S_ISLNK(status.st_mode)) return Node::Kind::Symlink;
  if (S_ISFIFO(status.st_mode)) return Node::Kind::Fifo;
  return S_ISCHR(status.st_mode) ? Node::Kind::Whiteout : Node::Kind::File;
}

std::string attribute(const std::string& path, const std::string& name) {
  std::string value(65536, '\0');
  const ssize_t size = ::lgetxattr(path.c_str(), name.c_str(), value.data(), value.size());
  return size < 0 ? "" : value.substr(0, static_cast<std::size_t>(size));
}

// File systems bound times; those that all of them have are compared.
bool is_same_time(timespec found, timespec wanted) {
  constexpr std::int64_t kLatest = 0x7fffffff;
  if (wanted.tv_sec < 0 || wanted.tv_sec > kLatest) return true;
  return found.tv_sec == wanted.tv_sec && (found.tv_nsec == wanted.tv_nsec || found.tv_nsec == 0);
}

class Comparison {
 public:
  Comparison(const std::string& folder, std::string root, bool is_squashed)
      : root_(std::move(root)), tree_(read_outline(folder)), is_squashed_(is_squashed) {}

  std::vector<std::string> run();

 private:
  void walk();
  void look_at(const std::string& path, const struct stat& status);
  void compare(const std::string& path, const Node& node, const struct stat& status);
  void compare_attributes(const std::string& path, const Node& node);
  void compare_owner(const std::string& path, const Node& node, const struct stat& status);
  void say(const std::string& path, const std::string& fault) {
    faults_.push_back(fmt::format("/{}: {}", path, fault));
  }

  std::string root_;
  ExpectedTree tree_;
  bool is_squashed_;
  std::set<std::string> seen_;
  std::map<const Node*, ino_t> inodes_;
  std::vector<std::string> faults_;
  std::vector<std::string> owner_faults_;
  bool has_owners_ = false;  // somebody but root has a file
};

void Comparison::walk() {
  std::array<char*, 2> roots = {root_.data(), nullptr};
  FTS* walk = ::fts_open(roots.data(), FTS_PHYSICAL | FTS_NOCHDIR, nullptr);
  if (walk == nullptr) throw base::SysError(root_);
  while (const FTSENT* entry = ::fts_read(walk)) {
    if (entry->fts_info == FTS_DP) continue;
    const std::string whole(entry->fts_path, entry->fts_pathlen);
    const std::string path = whole.size() > root_.size() ? whole.substr(root_.size() + 1) : "";
    if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR || entry->fts_info == FTS_NS) {
      say(path, base::SysError("cannot be read", entry->fts_errno).what());
      continue;
    }
    look_at(path, *entry->fts_statp);
  }
  ::fts_close(walk);
}

void Comparison::look_at(const std::string& path, const struct stat& status) {
  const auto found = tree_.nodes().find(path);
  seen_.insert(path);
  if (found == tree_.nodes().end()) {
    if (tree_.is_exact()) say(path, "it is not of this layer");
    return;
  }
  const Node& node = *found->second;
  const auto [first, is_first] = inodes_.emplace(&node, status.st_ino);
  if (!is_first && first->second != status.st_ino) say(path, "it is no hard link any more");
  compare(path, node, status);
}

void Comparison::compare(const std::string& path, const Node& node, const struct stat& status) {
  if (kind_of(status) != node.kind) return say(path, "it is of another kind");
  if (node.kind == Node::Kind::Whiteout) return;
  const bool is_file = node.kind == Node::Kind::File;
  if (is_file && status.st_size != node.entry.size) {
    say(path, fmt::format("its size is {}, not {}", status.st_size, node.entry.size));
  }
  const mode_t mode = status.st_mode & 07777U;
  if (node.kind != Node::Kind::Symlink && mode != node.entry.mode) {
    say(path, fmt::format("its mode is {:o}, not {:o}", mode, node.entry.mode));
  }
  if (!node.is_implied) compare_owner(path, node, status);
  if (!node.is_implied && !is_same_time(status.st_mtim, node.entry.mtime)) {
    say(path, "it was written to since");
  }
  if (node.kind == Node::Kind::Symlink) {
    const auto link = sys::find_link(root_ + "/" + path);
    if (link != node.entry.link) say(path, "it leads elsewhere");
  } else if (node.kind != Node::Kind::Fifo) {
    compare_attributes(path, node);
  }
}

// The root of a tree is nobody's but root's, whatever the archive says of it.
void Comparison::compare_owner(const std::string& path, const Node& node,
                               const struct stat& status) {
  has_owners_ |= status.st_uid != 0 || status.st_gid != 0;
  const bool is_same = status.st_uid == node.entry.uid && status.st_gid == node.entry.gid;
  if (is_same || path.empty()) return;
  owner_faults_.push_back(fmt::format("/{}: its owner is {}:{}, not {}:{}", path, status.st_uid,
                                      status.st_gid, node.entry.uid, node.entry.gid));
}

void Comparison::compare_attributes(const std::string& path, const Node& node) {
  const std::string whole = root_ + "/" + path;
  const bool is_opaque = attribute(whole, "user.overlay.opaque") == "y";
  if (node.kind == Node::Kind::Directory && is_opaque != node.is_opaque) {
    say(path, is_opaque ? "it hides what is below" : "it does not hide what is below");
  }
  if (is_squashed_) return;
  for (const auto& [name, value] : node.entry.xattrs) {
    if (is_welcome_xattr(name) && !path.empty() && attribute(whole, name) != value) {
      say(path, "its attribute " + name + " is another");
    }
  }
}

std::vector<std::string> Comparison::run() {
  walk();
  for (const auto& [path, node] : tree_.nodes()) {
    if (!seen_.contains(path) && tree_.is_exact()) say(path, "it is missing");
  }
  // Where all is root's, it was unpacked by somebody who had a single id.
  if (has_owners_ && !is_squashed_) {
    faults_.insert(faults_.end(), owner_faults_.begin(), owner_faults_.end());
  }
  return std::move(faults_);
}

}  // namespace

std::vector<std::string> compare_tree(const std::string& folder, const std::string& root,
                                      bool is_squashed) {
  if (!sys::exists(outline_file(folder))) throw base::Error("its outline is missing");
  return Comparison(folder, root, is_squashed).run();
}

}  // namespace tar
