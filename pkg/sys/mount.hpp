#pragma once

#include "pkg/sys/fd.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

// The new mount API: a mount is a descriptor until it is moved to its place. Failures throw
// base::SysError; for file systems with the kernel's own words (read from the context) behind it.
namespace sys {

// A parameter of fsconfig(2): a string, or a descriptor when `file` is set.
struct MountParameter {
  std::string key;
  std::string value;
  int file = -1;
};

// A detached mount of a new file system; `attributes` are MOUNT_ATTR_*. Its source, as mount(8) and
// df(1) show it, is its type unless a parameter "source" says otherwise.
Fd make_mount(const std::string& type, const std::vector<MountParameter>& parameters,
              std::uint64_t attributes = 0);

// A detached copy of what is mounted at `path`; see open_tree(2). Copies of locked mounts have to
// be recursive.
Fd copy_mount(const std::string& path, bool recursive = true);
Fd copy_mount_at(const Fd& at, bool recursive = true);

// Sets and clears MOUNT_ATTR_*, and the propagation (MS_PRIVATE, MS_SLAVE ... or 0) of a mount.
void change_mount(const Fd& mount, std::uint64_t set, std::uint64_t clear,
                  std::uint64_t propagation = 0, bool recursive = true);

// From now on its files belong to those whom a user namespace makes of their owners; for a mount
// that is nowhere yet. See mount_setattr(2), "ID-mapped mounts".
void map_ids(const Fd& mount, const Fd& user_namespace, bool recursive);

void move_mount(const Fd& mount, const std::string& path);
void move_mount(const Fd& mount, const Fd& place);

}  // namespace sys
