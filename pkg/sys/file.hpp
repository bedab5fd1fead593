#pragma once

#include "pkg/sys/fd.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <sys/stat.h>

// Files by path and by descriptor. All are opened close-on-exec; failures throw base::SysError with
// the path in the message.
namespace sys {

Fd open_file(const std::string& path, int flags = O_RDONLY, mode_t mode = 0644);
Fd open_at(const Fd& directory, const std::string& path, int flags = O_RDONLY, mode_t mode = 0644);

// Opens a path below a root that we do not trust: links, absolute ones too, are followed as if
// `root` were "/" and can never lead out of it. See openat2(2), RESOLVE_IN_ROOT.
Fd open_in(const Fd& root, const std::string& path, int flags = O_PATH, mode_t mode = 0);
// The same; nothing when the path does not exist there.
std::optional<Fd> find_in(const Fd& root, const std::string& path, int flags = O_PATH);

// Whole files. `read_file` throws when there is none, `find_file` returns nothing. Both refuse to
// read more than `limit` bytes.
constexpr std::size_t kReadLimit = std::size_t{64} << 20U;
std::string read_file(const std::string& path, std::size_t limit = kReadLimit);
std::optional<std::string> find_file(const std::string& path, std::size_t limit = kReadLimit);
std::string read_all(const Fd& file, std::size_t limit = kReadLimit);

// Writes all bytes, whatever the number of write(2) it takes.
void write_all(const Fd& file, std::string_view bytes);

// A new file; throws when it exists.
void create_file(const std::string& path, std::string_view text, mode_t mode = 0644);
// Readers see the old text or the new one, never half of it: temporary file beside it, rename.
void replace_file(const std::string& path, std::string_view text, mode_t mode = 0644);

bool exists(const std::string& path);                           // follows links
std::optional<std::string> find_link(const std::string& path);  // where a symbolic link leads
void make_link(const std::string& target, const std::string& path);
void rename_path(const std::string& from, const std::string& to);
bool remove_file(const std::string& path);  // false when there was none

// A file without a place that holds `text`, for those who want a name to read from (fd_path). See
// memfd_create(2).
Fd memory_file(std::string_view text);

// "/proc/self/fd/N": a name for an open file where a system call wants a path.
std::string fd_path(const Fd& file);

// The directory a running program's file lies in (/proc/self/exe).
std::string program_directory();

}  // namespace sys
