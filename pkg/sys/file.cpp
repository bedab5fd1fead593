#include "pkg/sys/file.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/sys/interruption.hpp"

#include <climits>

#include <array>
#include <cerrno>
#include <cstdio>

#include <linux/openat2.h>
#include <sys/mman.h>
#include <sys/syscall.h>

namespace sys {
namespace {

int try_open_in(int root, const std::string& path, int flags, mode_t mode) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? mode : 0;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  // EAGAIN: a rename elsewhere raced with ".." in the path; the kernel asks to try again.
  for (int attempt = 0; attempt < 32; ++attempt) {
    const long fd = ::syscall(SYS_openat2, root, path.c_str(), &how, sizeof how);
    if (fd >= 0 || errno != EAGAIN) return static_cast<int>(fd);
  }
  return -1;
}

std::string beside(const std::string& path) {
  return path + ".new-" + base::short_id(base::make_id());
}

}  // namespace

Fd open_file(const std::string& path, int flags, mode_t mode) {
  Fd file(::open(path.c_str(), flags | O_CLOEXEC, mode));
  if (!file) throw base::SysError(path);
  return file;
}

Fd open_at(const Fd& directory, const std::string& path, int flags, mode_t mode) {
  Fd file(::openat(directory.get(), path.c_str(), flags | O_CLOEXEC, mode));
  if (!file) throw base::SysError(path);
  return file;
}

Fd open_in(const Fd& root, const std::string& path, int flags, mode_t mode) {
  Fd file(try_open_in(root.get(), path, flags, mode));
  if (!file) throw base::SysError(path);
  return file;
}

std::optional<Fd> find_in(const Fd& root, const std::string& path, int flags) {
  Fd file(try_open_in(root.get(), path, flags, 0));
  if (!file && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
  if (!file) throw base::SysError(path);
  return file;
}

std::string read_all(const Fd& file, std::size_t limit) {
  std::string text;
  std::array<char, 16384> block;  // NOLINT(cppcoreguidelines-pro-type-member-init): read fills it
  while (true) {
    await_readable(file);
    const ssize_t count = ::read(file.get(), block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw base::SysError("read");
    if (count == 0) return text;
    text.append(block.data(), static_cast<std::size_t>(count));
    if (text.size() > limit) throw base::SysError("read", EFBIG);
  }
}

std::string read_file(const std::string& path, std::size_t limit) try {
  return read_all(open_file(path), limit);
} catch (base::SysError& error) {
  if (std::string_view(error.what()).starts_with("read")) error.during(path);
  throw;
}

std::optional<std::string> find_file(const std::string& path, std::size_t limit) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
  if (!file) throw base::SysError(path);
  return read_all(file, limit);
}

void write_all(const Fd& file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw base::SysError("write");
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

void create_file(const std::string& path, std::string_view text, mode_t mode) {
  write_all(open_file(path, O_WRONLY | O_CREAT | O_EXCL, mode), text);
}

void replace_file(const std::string& path, std::string_view text, mode_t mode) {
  const std::string temporary = beside(path);
  try {
    create_file(temporary, text, mode);
    rename_path(temporary, path);
  } catch (const base::Error&) {
    ::unlink(temporary.c_str());
    throw;
  }
}

bool exists(const std::string& path) {
  return ::access(path.c_str(), F_OK) == 0;
}

std::optional<std::string> find_link(const std::string& path) {
  std::array<char, PATH_MAX> target;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  const ssize_t length = ::readlink(path.c_str(), target.data(), target.size());
  if (length < 0 && (errno == ENOENT || errno == ENOTDIR || errno == EINVAL)) return std::nullopt;
  if (length < 0) throw base::SysError(path);
  return std::string(target.data(), static_cast<std::size_t>(length));
}

void make_link(const std::string& target, const std::string& path) {
  if (::symlink(target.c_str(), path.c_str()) != 0) throw base::SysError(path);
}

void rename_path(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) throw base::SysError("rename " + from + " to " + to);
}

bool remove_file(const std::string& path) {
  if (::unlink(path.c_str()) == 0) return true;
  if (errno == ENOENT || errno == ENOTDIR) return false;
  throw base::SysError("remove " + path);
}

Fd memory_file(std::string_view text) {
  Fd file(::memfd_create("pod", MFD_CLOEXEC));
  if (!file) throw base::SysError("memory file");
  write_all(file, text);
  return file;
}

std::string fd_path(const Fd& file) {
  return "/proc/self/fd/" + std::to_string(file.get());
}

std::string program_directory() {
  const std::string path = find_link("/proc/self/exe").value_or("");
  return path.substr(0, path.rfind('/'));
}

}  // namespace sys
