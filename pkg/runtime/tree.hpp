#pragma once

#include "pkg/sys/fd.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

namespace runtime {

// A container's files as they will be once its mounts are in place: links are followed, and mount
// points made, in the mount that will be at that place, though nothing is mounted yet. No link
// leads out of it. All failures throw base::Error with the path.
class Tree {
 public:
  // What is made in it belongs to the container's root, which these are here.
  struct Owner {
    uid_t uid = 0;
    gid_t gid = 0;
  };
  explicit Tree(const sys::Fd& root) : Tree(root, Owner{}) {}
  Tree(const sys::Fd& root, Owner owner) : root_(root.get()), owner_(owner) {}

  // The path without links, "." and "..": "/run/x" for "/var/run/x". What does not exist stays as
  // it is written.
  std::string resolve(const std::string& path) const;

  // From now on `target`, a resolved path, and all below it is in this mount; -1 for one that only
  // the child can make: nothing can be made below it.
  void cover(std::string target, int mount) { mounts_.emplace_back(std::move(target), mount); }

  // Make a mount point, with the directories above it, at a resolved path.
  void make_directory(const std::string& path) const;
  void make_file(const std::string& path) const;
  // A device or pipe, with just this mode.
  void make_node(const std::string& path, mode_t mode, dev_t device, const Owner& owner) const;
  void make_link(const std::string& text, const std::string& path) const;

  bool is_covered(const std::string& target) const;
  // The directory or file at a resolved path.
  sys::Fd open(const std::string& path, int flags) const;

 private:
  struct Place {
    int mount = -1;
    std::string rest;  // "" is the mount's root
  };
  Place place_of(const std::string& path) const;
  std::optional<std::string> find_link(const std::string& path) const;
  void make_parents(const std::string& path) const;

  // A name in an open directory; no directory, and errno, when there is none.
  struct Spot {
    sys::Fd folder;
    std::string name;
  };
  static Spot find_spot(const Place& place);
  template <typename Make>
  void make(const std::string& path, Make make) const;
  void give(const Spot& spot) const;

  int root_;
  Owner owner_;
  std::vector<std::pair<std::string, int>> mounts_;
};

}  // namespace runtime
