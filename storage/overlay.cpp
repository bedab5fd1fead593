// Overlay in a user namespace needs "userxattr": its marks are then user.overlay.* attributes,
// which we may set. Layers are handed over by descriptor, so neither the length of our paths nor
// their number matters; mount(2), which has one page for all its options, gets the names of
// descriptors below /proc/self/fd for the same reason.
#include "storage/overlay.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/mount.hpp"

#include <cerrno>
#include <optional>
#include <vector>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace storage {
namespace {

constexpr mode_t kPlain = 0755;
constexpr const char* kVolatileMark = "work/incompat/volatile";

struct OpenStack {
  std::vector<sys::Fd> lowers;
  std::vector<sys::Fd> data;
  sys::Fd upper;
  sys::Fd work;
};

sys::Fd open_tree(const std::string& path) {
  return sys::open_file(path, O_PATH | O_DIRECTORY);
}

// The root of the merged tree looks like the upper's, which is new and plain; it shall look like
// the image's.
void copy_root_attributes(const Stack& stack, const OpenStack& open) {
  struct stat image {};
  if (::fstat(open.lowers.front().get(), &image) != 0) throw base::SysError(stack.lowers.front());
  const mode_t mode = image.st_mode & 07777U;
  if (mode == kPlain && image.st_uid == 0 && image.st_gid == 0) return;
  if (sys::exists(stack.work + "/work")) return;  // mounted before: now it is the container's own
  if (::chown(stack.upper.c_str(), image.st_uid, image.st_gid) != 0 ||
      ::chmod(stack.upper.c_str(), mode) != 0) {
    throw base::SysError(stack.upper);
  }
}

// A volatile mount leaves a mark, and the kernel refuses to use such an upper again: after a crash
// of the machine it may be damaged. Ours are thrown away then.
void allow_volatile_again(const sys::Fd& work) {
  if (::unlinkat(work.get(), kVolatileMark, AT_REMOVEDIR) == 0 || errno == ENOENT) return;
  ::unlinkat(work.get(), "work/incompat/volatile/dirty", 0);
  ::unlinkat(work.get(), kVolatileMark, AT_REMOVEDIR);
}

OpenStack open_stack(const Stack& stack) {
  OpenStack open;
  open.lowers.reserve(stack.lowers.size());
  for (const std::string& lower : stack.lowers)
    open.lowers.push_back(open_tree(lower));
  for (const std::string& each : stack.data)
    open.data.push_back(open_tree(each));
  if (stack.upper.empty()) return open;
  open.upper = open_tree(stack.upper);
  open.work = open_tree(stack.work);
  copy_root_attributes(stack, open);
  allow_volatile_again(open.work);
  return open;
}

sys::MountParameter tree(const char* key, const sys::Fd& file, OverlayCall call) {
  if (call == OverlayCall::Descriptors) return {key, "", file.get()};
  return {key, sys::fd_path(file)};
}

sys::Fd mount_by_context(const Stack& stack, const OpenStack& open, OverlayCall call) {
  std::vector<sys::MountParameter> parameters = {{"source", "overlay"}, {"userxattr", ""}};
  for (const sys::Fd& lower : open.lowers)
    parameters.push_back(tree("lowerdir+", lower, call));
  for (const sys::Fd& each : open.data)
    parameters.push_back(tree("datadir+", each, call));
  if (open.upper) {
    parameters.push_back(tree("upperdir", open.upper, call));
    parameters.push_back(tree("workdir", open.work, call));
    if (stack.is_ephemeral) parameters.push_back({"volatile", ""});
  }
  return sys::make_mount("overlay", parameters);
}

std::string mount_options(const Stack& stack, const OpenStack& open) {
  std::string options = "userxattr,lowerdir=";
  for (const sys::Fd& lower : open.lowers)
    options += (&lower == open.lowers.data() ? "" : ":") + std::to_string(lower.get());
  if (!open.upper) return options;
  options += ",upperdir=" + std::to_string(open.upper.get());
  options += ",workdir=" + std::to_string(open.work.get());
  if (stack.is_ephemeral) options += ",volatile";
  return options;
}

// Goes to a folder, and back in the end.
class InFolder {
 public:
  explicit InFolder(const char* path) : former_(sys::open_file(".", O_PATH | O_DIRECTORY)) {
    if (::chdir(path) != 0) throw base::SysError(path);
  }
  InFolder(const InFolder&) = delete;
  InFolder& operator=(const InFolder&) = delete;
  ~InFolder() { (void)!::fchdir(former_.get()); }

 private:
  sys::Fd former_;
};

sys::Fd mount_by_call(const Stack& stack, const OpenStack& open, const std::string& mountpoint) {
  sys::make_dirs(mountpoint, 0700);
  const std::string options = mount_options(stack, open);
  {
    const InFolder names("/proc/self/fd");
    if (::mount("overlay", mountpoint.c_str(), "overlay", 0, options.c_str()) != 0) {
      throw base::SysError("mount overlay");
    }
  }
  sys::Fd mount = sys::copy_mount(mountpoint, false);
  ::umount2(mountpoint.c_str(), MNT_DETACH);
  return mount;
}

void must(bool is_done, const char* what) {
  if (!is_done) throw base::SysError(what);
}

// Deleting leaves whiteouts, and a folder made anew must hide what it had below.
void try_changes(const sys::Fd& merged) {
  must(::unlinkat(merged.get(), "folder/file", 0) == 0, "delete a file");
  must(::unlinkat(merged.get(), "folder", AT_REMOVEDIR) == 0, "delete a folder");
  must(::mkdirat(merged.get(), "folder", 0755) == 0, "make a folder again");
  must(::faccessat(merged.get(), "folder/file", F_OK, 0) != 0, "hide a deleted file");
}

}  // namespace

sys::Fd mount_overlay(const Stack& stack, OverlayCall call, const std::string& mountpoint) {
  const OpenStack open = open_stack(stack);
  if (call == OverlayCall::Mount) return mount_by_call(stack, open, mountpoint);
  return mount_by_context(stack, open, call);
}

OverlayCall probe_overlay(const std::string& folder, const std::string& mountpoint) {
  const Stack stack = {{folder + "/lower"}, folder + "/upper", folder + "/work", false};
  sys::make_dirs(folder + "/lower/folder");
  sys::create_file(folder + "/lower/folder/file", "");
  sys::make_dir(stack.upper);
  sys::make_dir(stack.work);
  std::optional<base::Error> refusal;
  for (const OverlayCall call :
       {OverlayCall::Descriptors, OverlayCall::Paths, OverlayCall::Mount}) {
    try {
      try_changes(mount_overlay(stack, call, mountpoint));
      return call;
    } catch (const base::Error& error) {
      if (!refusal) refusal = error;
    }
  }
  throw base::Error(*refusal);
}

void lend_contents(const sys::Fd& file, const std::string& path, std::int64_t size) {
  if (::fsetxattr(file.get(), "user.overlay.redirect", path.data(), path.size(), 0) != 0 ||
      ::fsetxattr(file.get(), "user.overlay.metacopy", "", 0, 0) != 0 ||
      ::ftruncate(file.get(), size) != 0) {
    throw base::SysError("lend contents");
  }
}

bool can_lend_contents(const std::string& folder, OverlayCall call) try {
  if (call == OverlayCall::Mount) return false;
  Stack stack;
  stack.lowers = {folder + "/lending"};
  stack.data = {folder + "/lent"};
  sys::make_dir(stack.lowers.front());
  sys::make_dir(stack.data.front());
  sys::create_file(folder + "/lent/there", "contents");
  sys::create_file(folder + "/lending/here", "");
  lend_contents(sys::open_file(folder + "/lending/here", O_WRONLY), "/there", 8);
  const sys::Fd merged = mount_overlay(stack, call, "");
  return sys::read_all(sys::open_at(merged, "here")) == "contents";
} catch (const base::Error&) {
  return false;
}

}  // namespace storage
