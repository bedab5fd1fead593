#include "storage/fuse_overlayfs.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/sys/child.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/mount.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <string_view>

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

namespace storage {
namespace {

constexpr const char* kProgram = "fuse-overlayfs";

// Its options are separated by commas, its lower folders by colons.
std::string escaped(std::string_view path) {
  std::string out;
  for (const char c : path) {
    if (c == ',' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string options_of(const Stack& stack) {
  std::string options = "lowerdir=";
  for (const std::string& lower : stack.lowers)
    options += (&lower == stack.lowers.data() ? "" : ":") + escaped(lower);
  if (stack.upper.empty()) return options;
  options += fmt::format(",upperdir={},workdir={}", escaped(stack.upper), escaped(stack.work));
  if (stack.is_ephemeral) options += ",volatile";
  return options;
}

}  // namespace

// The program goes to the background once the mount stands, so that its end is the sign of success.
// Nothing else ends it: it stops when its file system is unmounted everywhere. Therefore the mount
// must not stay in our mount namespace, in which the program itself lives.
sys::Fd mount_fuse_overlayfs(const Stack& stack, const std::string& mountpoint) {
  sys::make_dirs(mountpoint, 0700);
  sys::Pipe words = sys::make_pipe();
  sys::Child::Streams streams;
  streams.err = words.write.get();
  sys::Child program = sys::Child::spawn({kProgram, "-o", options_of(stack), mountpoint}, streams);
  words.write.reset();
  const std::string said = sys::read_all(words.read);
  if (program.wait() != 0) {
    throw base::Error(fmt::format("{}: {}", kProgram, base::trim(said)));
  }
  sys::Fd mount = sys::copy_mount(mountpoint, false);
  ::umount2(mountpoint.c_str(), MNT_DETACH);
  return mount;
}

void probe_fuse_overlayfs(const std::string& folder, const std::string& mountpoint) {
  if (sys::find_program(kProgram).empty()) throw base::Error("fuse-overlayfs is not installed");
  if (::access("/dev/fuse", R_OK | W_OK) != 0) throw base::SysError("/dev/fuse");
  const Stack stack = {{folder + "/lower"}, folder + "/upper", folder + "/work", false};
  for (const std::string& path : {stack.lowers.front(), stack.upper, stack.work})
    sys::make_dir(path);
  const sys::Fd mount = mount_fuse_overlayfs(stack, mountpoint);
  const sys::Fd file = sys::open_at(mount, "file", O_WRONLY | O_CREAT | O_EXCL);
}

}  // namespace storage
