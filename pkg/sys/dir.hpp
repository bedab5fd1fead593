#pragma once

#include "pkg/sys/fd.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include <sys/stat.h>

namespace sys {

Fd open_dir(const std::string& path);

// False when it was there already. Throws base::SysError.
bool make_dir(const std::string& path, mode_t mode = 0755);
// With all parents that are missing.
void make_dirs(const std::string& path, mode_t mode = 0755);

// The missing directories of a path below a root that we do not trust, as in open_in (file.hpp),
// with just this mode, whatever the umask is.
void make_dirs_in(const Fd& root, const std::string& path, mode_t mode = 0755);

// Tells the file system that folders made directly in this one have nothing to do with each other,
// so that ext4 puts each into a part of the disk of its own (chattr(1), "T"). Near what has just
// been deleted, making files is many times slower. Other file systems do not mind.
void spread_folders(const std::string& path);

// The names in a directory, sorted, without "." and ".."; none when the directory is missing.
std::vector<std::string> list_dir(const std::string& path);

// Removes a file or a directory with all below it, never following links; opens up directories of
// ours that forbid it. Nothing there is fine. Needs the rights to do so: files of subordinate ids
// need to be removed from inside the user namespace. Throws base::SysError for what it must leave.
void remove_tree(const std::string& path);
// The same, and adds to `freed` how many bytes of the disk that gave back, as du(1) counts; also
// when it throws.
void remove_tree(const std::string& path, std::int64_t& freed);

}  // namespace sys
