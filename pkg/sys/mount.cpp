#include "pkg/sys/mount.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include <fcntl.h>
#include <linux/mount.h>
#include <sys/syscall.h>

namespace sys {
namespace {

// What the kernel has to say about a refused file system: "overlay: ...", without its level mark.
std::string kernel_words(int context) {
  std::string words;
  std::array<char, 512> line{};
  ssize_t count = 0;
  while ((count = ::read(context, line.data(), line.size())) > 0) {
    std::string_view text(line.data(), static_cast<std::size_t>(count));
    if (text.size() > 2 && text[1] == ' ') text.remove_prefix(2);
    words += (words.empty() ? " (" : "; ") + std::string(base::trim(text));
  }
  return words.empty() ? "" : words + ")";
}

[[noreturn]] void fail(const std::string& type, const Fd& context) {
  const int number = errno;
  throw base::SysError("mount " + type + kernel_words(context.get()), number);
}

void configure(const Fd& context, const MountParameter& parameter) {
  const bool is_flag = parameter.value.empty() && parameter.file < 0;
  const unsigned command = parameter.file >= 0 ? FSCONFIG_SET_FD
                           : is_flag           ? FSCONFIG_SET_FLAG
                                               : FSCONFIG_SET_STRING;
  const char* value = parameter.file >= 0 || is_flag ? nullptr : parameter.value.c_str();
  const int extra = parameter.file >= 0 ? parameter.file : 0;
  if (::syscall(SYS_fsconfig, context.get(), command, parameter.key.c_str(), value, extra) != 0) {
    fail(parameter.key, context);
  }
}

Fd open_tree(int at, const char* path, bool recursive) {
  unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH;
  if (recursive) flags |= AT_RECURSIVE;
  return Fd(static_cast<int>(::syscall(SYS_open_tree, at, path, flags)));
}

}  // namespace

Fd make_mount(const std::string& type, const std::vector<MountParameter>& parameters,
              std::uint64_t attributes) {
  const Fd context(static_cast<int>(::syscall(SYS_fsopen, type.c_str(), FSOPEN_CLOEXEC)));
  if (!context) throw base::SysError("mount " + type);
  const bool has_source = std::any_of(parameters.begin(), parameters.end(),
                                      [](const auto& one) { return one.key == "source"; });
  if (!has_source) configure(context, {"source", type});
  for (const MountParameter& parameter : parameters)
    configure(context, parameter);
  if (::syscall(SYS_fsconfig, context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) {
    fail(type, context);
  }
  Fd mount(static_cast<int>(::syscall(SYS_fsmount, context.get(), FSMOUNT_CLOEXEC, attributes)));
  if (!mount) fail(type, context);
  return mount;
}

Fd copy_mount(const std::string& path, bool recursive) {
  Fd mount = open_tree(AT_FDCWD, path.c_str(), recursive);
  if (!mount) throw base::SysError(path);
  return mount;
}

Fd copy_mount_at(const Fd& at, bool recursive) {
  Fd mount = open_tree(at.get(), "", recursive);
  if (!mount) throw base::SysError("copy mount");
  return mount;
}

void change_mount(const Fd& mount, std::uint64_t set, std::uint64_t clear,
                  std::uint64_t propagation, bool recursive) {
  mount_attr attributes{};
  attributes.attr_set = set;
  attributes.attr_clr = clear;
  attributes.propagation = propagation;
  const unsigned flags = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0U);
  if (::syscall(SYS_mount_setattr, mount.get(), "", flags, &attributes, sizeof attributes) != 0) {
    throw base::SysError("mount_setattr");
  }
}

void map_ids(const Fd& mount, const Fd& user_namespace, bool recursive) {
  mount_attr attributes{};
  attributes.attr_set = MOUNT_ATTR_IDMAP;
  attributes.userns_fd = static_cast<std::uint64_t>(user_namespace.get());
  const unsigned flags = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0U);
  if (::syscall(SYS_mount_setattr, mount.get(), "", flags, &attributes, sizeof attributes) != 0) {
    throw base::SysError("map ids");
  }
}

void move_mount(const Fd& mount, const std::string& path) {
  if (::syscall(SYS_move_mount, mount.get(), "", AT_FDCWD, path.c_str(), MOVE_MOUNT_F_EMPTY_PATH) !=
      0) {
    throw base::SysError("mount at " + path);
  }
}

void move_mount(const Fd& mount, const Fd& place) {
  if (::syscall(SYS_move_mount, mount.get(), "", place.get(), "",
                MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) != 0) {
    throw base::SysError("mount");
  }
}

}  // namespace sys
