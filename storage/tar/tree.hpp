#pragma once

#include "pkg/sys/fd.hpp"
#include "storage/tar/reader.hpp"

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tar {

// Where a member goes: its parent below the root ("" is the root) and its name ("" is the root
// itself). Absolute paths are relative ones. Throws base::Error for "..", which no honest archive
// has, and for paths that are too long.
struct Place {
  std::string parent;
  std::string name;
};
Place place_of(std::string_view path);

// Attributes that a stranger may give to a file. Those of overlay and fuse-overlayfs would forge
// whiteouts, redirections and owners; those of security modules are the host's to say.
bool is_welcome_xattr(std::string_view name);

// A layer's directory tree while it is made from an archive that nobody trusts. Every parent is
// resolved by the kernel inside the root (openat2) and kept as a descriptor, every name is made
// relative to one, and nothing that exists is ever followed. The process's umask has to be 0.
// What is there already is replaced, except that directories are merged.
class Tree {
 public:
  // With `squash_owners` everything belongs to root, since no other id is mapped.
  Tree(const sys::Fd& root, bool squash_owners) : root_(root), squash_(squash_owners) {}

  // The new file, open for writing; `finish_file` gives it owner, attributes and time.
  sys::Fd make_file(const Place& place, const Entry& entry);
  void finish_file(const sys::Fd& file, const Entry& entry);
  void make_directory(const Place& place, const Entry& entry);
  void make_symlink(const Place& place, const Entry& entry);
  void make_hardlink(const Place& place, const Entry& entry);
  void make_fifo(const Place& place, const Entry& entry);
  void make_whiteout(const Place& place, std::string_view hidden);
  void make_opaque(const Place& place);
  // Modes and times of directories, which making their entries would have changed.
  void finish();

  bool was_squashed() const { return was_squashed_; }

 private:
  struct Directory {
    std::string path;
    mode_t mode;
    timespec mtime;
  };

  const sys::Fd& parent_of(const Place& place);
  const sys::Fd& directory(const std::string& path);
  void make_missing(const std::string& path);
  bool make_or_merge(const sys::Fd& parent, const std::string& name, mode_t mode);
  void clear_way(const sys::Fd& parent, const std::string& name);
  void set_owner(const sys::Fd& parent, const std::string& name, const Entry& entry, bool is_new);
  void set_xattrs(const sys::Fd& file, const Entry& entry);
  void describe_directory(const std::string& path, const Entry& entry);

  const sys::Fd& root_;
  bool squash_;
  bool was_squashed_ = false;
  std::unordered_map<std::string, sys::Fd> open_;
  std::string last_path_;
  const sys::Fd* last_ = nullptr;
  std::vector<Directory> directories_;
};

}  // namespace tar
