#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <fcntl.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

// System calls that libc has no wrapper for, or one that does more than we may (its setresuid
// synchronises threads).
namespace runtime::inside {

inline int call(long number) noexcept {  // NOLINT(google-runtime-int): as syscall(2) returns
  return static_cast<int>(number);
}

// Links are followed as if `root` were "/".
inline int open_in_root(int root, const char* path, int flags) noexcept {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_IN_ROOT;
  return call(::syscall(SYS_openat2, root, path, &how, sizeof how));
}

inline bool move_mount(int mount, int target) noexcept {
  return ::syscall(SYS_move_mount, mount, "", target, "",
                   MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) == 0;
}

inline int copy_mount(int at, const char* path, unsigned flags) noexcept {
  return call(::syscall(SYS_open_tree, at, path,
                        static_cast<unsigned>(OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC) | flags));
}

inline bool change_mount(int mount, const mount_attr& attributes, unsigned flags) noexcept {
  return ::syscall(SYS_mount_setattr, mount, "", static_cast<unsigned>(AT_EMPTY_PATH) | flags,
                   &attributes, sizeof attributes) == 0;
}

// CLONE_NEWTIME of a kernel newer than our libc's headers.
#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080  // NOLINT(cppcoreguidelines-macro-usage)
#endif

// Closes without touching errno.
inline void close_quietly(int fd) noexcept {
  const int number = errno;
  ::close(fd);
  errno = number;
}

inline bool write_file(const char* path, const char* text) noexcept {
  const int file = ::open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool is_written = ::write(file, text, ::strlen(text)) >= 0;
  close_quietly(file);
  return is_written;
}

// The kernel's signal set: 64 bits.
using SignalSet = std::uint64_t;
constexpr SignalSet kAllSignals = ~SignalSet{0};
constexpr SignalSet kNoSignals = 0;

inline void set_signal_mask(SignalSet set) noexcept {
  ::syscall(SYS_rt_sigprocmask, 2 /* SIG_SETMASK */, &set, nullptr, sizeof set);
}

}  // namespace runtime::inside
