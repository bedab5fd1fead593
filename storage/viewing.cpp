#include "storage/viewing.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/mount.hpp"

#include <fmt/core.h>

#include <algorithm>

#include <sys/mount.h>
#include <unistd.h>

namespace storage {
namespace {

std::string folder_of(const home::Home& home, Viewed kind) {
  return home.runtime + (kind == Viewed::Image ? "/mounts/images" : "/mounts/containers");
}

// Blanks and their like are written as octal numbers; proc_pid_mountinfo(5).
std::string unescaped(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 3 >= text.size()) {
      plain += text[i];
      continue;
    }
    plain +=
        static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
    i += 3;
  }
  return plain;
}

}  // namespace

void check_may_mount(const std::string& command) {
  if (::geteuid() == 0) return;
  throw base::Error(
      fmt::format("a mount of yours is seen in your user namespace only: `pod unshare`, "
                  "and in its shell `pod {}`",
                  command));
}

std::string mount_for_viewing(const home::Home& home, Viewed kind, const std::string& id,
                              const RootfsMount& what) {
  const std::string path = folder_of(home, kind) + "/" + id;
  for (const View& view : list_viewed(home, kind)) {
    if (view.id == id) return path;
  }
  sys::make_dirs(path, 0700);
  sys::move_mount(mount_rootfs(home, what), path);
  return path;
}

bool unmount_viewed(const home::Home& home, Viewed kind, const std::string& id) {
  const std::vector<View> views = list_viewed(home, kind);
  const auto found = std::ranges::find(views, id, &View::id);
  if (found == views.end()) return false;
  if (::umount2(found->path.c_str(), MNT_DETACH) != 0) throw base::SysError(found->path);
  ::rmdir(found->path.c_str());  // another shell may have it mounted there, too
  return true;
}

std::vector<View> list_viewed(const home::Home& home, Viewed kind) {
  constexpr std::size_t kPlace = 4;
  const std::string folder = folder_of(home, kind) + "/";
  std::vector<View> views;
  for (const std::string& line : base::split(sys::read_file("/proc/self/mountinfo"), '\n')) {
    const std::vector<std::string> fields = base::split(line, ' ');
    if (fields.size() <= kPlace) continue;
    const std::string path = unescaped(fields[kPlace]);
    if (path.starts_with(folder)) views.push_back({path.substr(folder.size()), path});
  }
  return views;
}

}  // namespace storage
