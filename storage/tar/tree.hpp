#pragma once

#include "pkg/sys/fd.hpp"
#include "storage/tar/folders.hpp"
#include "storage/tar/outline.hpp"
#include "storage/tar/place.hpp"
#include "storage/tar/reader.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tar {

// Attributes that a stranger may give to a file. Those of overlay and fuse-overlayfs would forge
// whiteouts, redirections and owners; those of security modules are the host's to say.
bool is_welcome_xattr(std::string_view name);

// A layer's directory tree while it is made from an archive that nobody trusts. Every parent is
// resolved by the kernel inside the root (openat2) and kept as a descriptor, every name is made
// relative to one, and nothing that exists is ever followed. The process's umask has to be 0.
// What is there already is replaced, except that directories are merged; what is replaced goes to
// `outline`, if there is one, since the archive had it.
class Tree {
 public:
  // With `squash_owners` everything belongs to root, since no other id is mapped.
  Tree(const sys::Fd& root, bool squash_owners, Outline* outline)
      : root_(root), squash_(squash_owners), outline_(outline), folders_(root) {}

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
  // Of what is kept in memory until `finish`.
  std::int64_t bytes_of_names() const { return bytes_of_names_; }

 private:
  struct Directory {
    std::string path;
    mode_t mode;
    timespec mtime;
  };

  const sys::Fd& parent_of(const Place& place);
  const sys::Fd& directory(const std::string& path);
  void make_missing(const std::string& path);
  bool make_or_merge(const sys::Fd& parent, const Place& place, mode_t mode);
  void clear_way(const sys::Fd& parent, const Place& place);
  void set_owner(const sys::Fd& parent, const std::string& name, const Entry& entry, bool is_new);
  void set_xattrs(const sys::Fd& file, const Entry& entry);
  void describe_directory(const std::string& path, const Entry& entry);

  const sys::Fd& root_;
  bool squash_;
  bool was_squashed_ = false;
  Outline* outline_;
  Folders folders_;
  std::vector<Directory> directories_;
  std::int64_t bytes_of_names_ = 0;
};

}  // namespace tar
