#include "pkg/runtime/inside/calls.hpp"
#include "pkg/runtime/inside/stages.hpp"

#include <sys/mount.h>
#include <sys/stat.h>

namespace runtime::inside {
namespace {

int make_mount(const MountPlan& plan) noexcept {
  const int context = call(::syscall(SYS_fsopen, plan.type, FSOPEN_CLOEXEC));
  if (context < 0) return -1;
  int mount = -1;
  bool is_ready =
      ::syscall(SYS_fsconfig, context, FSCONFIG_SET_STRING, "source", plan.type, 0) == 0;
  for (const MountParameter& parameter : plan.parameters) {
    const unsigned command = parameter.value != nullptr ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG;
    is_ready = is_ready &&
               ::syscall(SYS_fsconfig, context, command, parameter.key, parameter.value, 0) == 0;
  }
  if (is_ready && ::syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) == 0) {
    mount = call(::syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, plan.attributes));
  }
  close_quietly(context);
  return mount;
}

int copy_in_root(int root, const char* path) noexcept {
  const int file = open_in_root(root, path, O_PATH);
  if (file < 0) return -1;
  const int mount = copy_mount(file, "", AT_EMPTY_PATH);
  close_quietly(file);
  return mount;
}

bool attach(int root, const char* target, int mount) noexcept {
  const int place = open_in_root(root, target, O_PATH);
  if (place < 0) return false;
  const bool is_attached = move_mount(mount, place);
  close_quietly(place);
  return is_attached;
}

// Where parts of our own /proc are hidden, as in a container, the kernel makes no new one: it would
// bring them to light. See user_namespaces(7), "Interaction of user namespaces and other types of
// namespaces". /proc/self in ours is right nevertheless.
int make_or_show(const Plan& plan, const MountPlan& mount) noexcept {
  const int made = make_mount(mount);
  if (made >= 0 || errno != EPERM || (!mount.may_be_hosts && !mount.is_hosts_else)) return made;
  const int shown = copy_mount(AT_FDCWD, mount.target, AT_RECURSIVE);
  mount_attr attributes{};
  attributes.attr_set = mount.attributes & MOUNT_ATTR_RDONLY;
  if (shown >= 0 && mount.is_hosts_else && !change_mount(shown, attributes, AT_RECURSIVE)) {
    return -1;
  }
  Failure notice;
  describe(notice, Step::ShowHostsProc, mount.target);
  if (shown >= 0 && mount.may_be_hosts) (void)!::write(plan.report, &notice, sizeof notice);
  return shown;
}

bool set_propagation(const MountPlan& plan, int mount) noexcept {
  if (plan.propagation == 0) return true;
  mount_attr attributes{};
  attributes.propagation = plan.propagation;
  return change_mount(mount, attributes, 0);
}

// /proc/self/mountinfo is in the order in which mounts were made, of which those that come ready
// are first: a copy is made in its turn. Kernels before 6.15 copy none that is detached, and those
// before 6.8 list them in the order in which they were attached.
bool attach_ready(const Plan& plan, const MountPlan& mount) noexcept {
  const int copy =
      plan.mounts_in_turn ? copy_mount(mount.mount, "", AT_EMPTY_PATH | AT_RECURSIVE) : -1;
  const bool is_attached = attach(plan.root, mount.target, copy >= 0 ? copy : mount.mount);
  if (copy >= 0) close_quietly(copy);
  return is_attached;
}

bool attach_one(const Plan& plan, const MountPlan& mount) noexcept {
  if (mount.mount >= 0) return attach_ready(plan, mount);
  const int made =
      mount.source != nullptr ? copy_in_root(plan.root, mount.source) : make_or_show(plan, mount);
  if (made < 0) return false;
  const bool is_attached = set_propagation(mount, made) && attach(plan.root, mount.target, made);
  close_quietly(made);
  return is_attached;
}

// An empty, read-only directory; made once, then copied.
int make_empty_directory(int& first) noexcept {
  if (first >= 0) return copy_mount(first, "", AT_EMPTY_PATH);
  const MountParameter size{"size", "0"};
  MountPlan plan;
  plan.type = "tmpfs";
  plan.parameters = {&size, 1};
  plan.attributes = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
  first = make_mount(plan);
  return first;
}

bool mask(int place, int& empty_directory) noexcept {
  struct stat status {};
  if (::fstat(place, &status) != 0) return false;
  const int mount = S_ISDIR(status.st_mode) ? make_empty_directory(empty_directory)
                                            : copy_mount(AT_FDCWD, "/dev/null", 0);
  if (mount < 0) return false;
  const bool is_masked = move_mount(mount, place);
  if (mount != empty_directory) close_quietly(mount);
  return is_masked;
}

bool protect(int place) noexcept {
  const int mount = copy_mount(place, "", AT_EMPTY_PATH | AT_RECURSIVE);
  if (mount < 0) return false;
  mount_attr attributes{};
  attributes.attr_set = MOUNT_ATTR_RDONLY;
  const bool is_protected =
      change_mount(mount, attributes, AT_RECURSIVE) && move_mount(mount, place);
  close_quietly(mount);
  return is_protected;
}

// After the pivot, which refuses a root that is shared.
bool propagate_root(const Plan& plan) noexcept {
  if (plan.root_propagation == 0) return true;
  mount_attr attributes{};
  attributes.propagation = plan.root_propagation & ~static_cast<unsigned>(MS_REC);
  const bool is_below = (plan.root_propagation & MS_REC) != 0;
  return change_mount(plan.root, attributes, is_below ? AT_RECURSIVE : 0);
}

bool is_absent() noexcept {
  return errno == ENOENT || errno == ENOTDIR;
}

}  // namespace

// The new root covers the old one at "/": a place that surely exists. What our caller shares with
// its own mount namespace would go from there, too, when the old root is taken off.
bool attach_root(const Plan& plan, Subject& subject) noexcept {
  if (plan.root < 0) return true;
  subject = "/";
  if (plan.has_peers && ::mount(nullptr, "/", nullptr, MS_REC | MS_SLAVE, nullptr) != 0) {
    return false;
  }
  return ::syscall(SYS_move_mount, plan.root, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH) == 0;
}

bool attach_mounts(const Plan& plan, Subject& subject) noexcept {
  for (const MountPlan& mount : plan.mounts) {
    subject = mount.target;
    if (!attach_one(plan, mount) && !mount.is_optional) return false;
  }
  return true;
}

bool mask_paths(const Plan& plan, Subject& subject) noexcept {
  int empty_directory = -1;
  for (const char* path : plan.masked_paths) {
    subject = path;
    const int place = open_in_root(plan.root, path, O_PATH);
    if (place < 0 && is_absent()) continue;
    if (place < 0 || !mask(place, empty_directory)) return false;
    close_quietly(place);
  }
  return true;
}

bool protect_paths(const Plan& plan, Subject& subject) noexcept {
  for (const char* path : plan.read_only_paths) {
    subject = path;
    const int place = open_in_root(plan.root, path, O_PATH);
    if (place < 0 && is_absent()) continue;
    if (place < 0 || !protect(place)) return false;
    close_quietly(place);
  }
  return true;
}

// See pivot_root(2), "pivot_root(".", ".")": the old root comes to lie over the new one, and is
// then taken off.
bool pivot(const Plan& plan, Subject& subject) noexcept {
  if (plan.root < 0) return true;
  subject = "/";
  mount_attr attributes{};
  attributes.attr_set = MOUNT_ATTR_RDONLY;
  if (plan.is_root_read_only && !change_mount(plan.root, attributes, 0)) return false;
  if (::fchdir(plan.root) != 0) return false;
  if (plan.keeps_old_root) {
    if (::chroot(".") != 0) return false;
  } else if (::syscall(SYS_pivot_root, ".", ".") != 0 || ::umount2(".", MNT_DETACH) != 0) {
    return false;
  }
  return propagate_root(plan) && ::chdir("/") == 0;
}

}  // namespace runtime::inside
