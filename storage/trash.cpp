// Removal that a crash cannot leave half done: what is to go is renamed away first, which takes it
// from everybody's sight at once and needs no space, and is unlinked afterwards. Who is killed in
// between leaves it to the next command. The same holds for what was being made: its maker holds a
// lock that ends with the process, so what is found unlocked has no maker any more.
#include "storage/trash.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/base/log.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/lock.hpp"
#include "pkg/userns/enter.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <optional>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

namespace storage {
namespace {

bool is_folder(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

bool is_there(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0;
}

// False when this process cannot, most likely for lack of rights.
bool try_remove(const std::string& path) {
  try {
    sys::remove_tree(path);
    return true;
  } catch (const base::SysError&) {
    return !is_there(path);  // somebody else may have been at it, too
  }
}

// So that nobody who empties the trash is at it at the same time. Not having it is no harm.
std::optional<sys::Lock> claim_removal(const std::string& path) {
  try {
    return sys::Lock::try_take(path);
  } catch (const base::SysError&) {
    return std::nullopt;
  }
}

bool are_we_inside() {
  return ::geteuid() == 0;
}

// All of `paths` with the rights of the user's namespace; tells which are left.
bool remove_inside(const home::Home& home, const std::vector<std::string>& paths) {
  if (are_we_inside()) return false;
  bool is_clean = true;
  try {
    userns::inside(home, [&] {
      for (const std::string& path : paths)
        sys::remove_tree(path);
    });
  } catch (const base::Error& error) {
    is_clean = false;
    base::log::warn("trash: {}", error.what());
  }
  return is_clean;
}

// A folder in the trash that nobody is emptying. Files are removed at once.
std::optional<sys::Lock> take_entry(const std::string& path) {
  if (!is_folder(path)) {
    sys::remove_file(path);
    return std::nullopt;
  }
  try {
    return sys::Lock::try_take(path);
  } catch (const base::SysError& error) {
    if (error.number() != EACCES) throw;  // a folder of mode 000: opened up, then ours
    ::chmod(path.c_str(), 0700);
    return sys::Lock::try_take(path);
  }
}

void recover_staging(const Layout& layout) {
  for (const std::string& name : sys::list_dir(layout.staging())) {
    const std::string path = fmt::format("{}/{}", layout.staging(), name);
    const auto lock = sys::Lock::try_take(path);
    if (lock) move_to_trash(layout, path);
  }
}

// Writable layers are made before their container is published, under a lock.
void recover_rootfs(const home::Home& home, const Layout& layout) {
  for (const std::string& id : sys::list_dir(layout.rootfs())) {
    const std::string container = fmt::format("{}/{}", home.containers(), id);
    if (sys::exists(container)) continue;
    const auto lock = sys::Lock::try_take(layout.rootfs(id));
    if (lock && !sys::exists(container)) move_to_trash(layout, layout.rootfs(id));
  }
}

void recover_locks(const Layout& layout) {
  const std::string folder = layout.root() + "/locks";
  for (const std::string& name : sys::list_dir(folder)) {
    const std::string path = fmt::format("{}/{}", folder, name);
    const auto lock = sys::Lock::try_take(path);
    if (lock) sys::remove_file(path);
  }
}

}  // namespace

std::string move_to_trash(const Layout& layout, const std::string& path) {
  std::string target = layout.trash() + "/" + base::make_id().substr(0, 16);
  if (::rename(path.c_str(), target.c_str()) == 0) return target;
  if (errno == ENOENT && is_there(layout.trash())) return "";
  if (errno != ENOENT) throw base::SysError("remove " + path);
  sys::make_dirs(layout.trash(), 0700);
  if (::rename(path.c_str(), target.c_str()) == 0) return target;
  if (errno == ENOENT) return "";
  throw base::SysError("remove " + path);
}

bool throw_away(const Layout& layout, const std::string& path) {
  const auto claim = claim_removal(path);
  const std::string moved = move_to_trash(layout, path);
  return moved.empty() || try_remove(moved);
}

void discard(const home::Home& home, const std::string& path) {
  const auto claim = claim_removal(path);
  const std::string moved = move_to_trash(Layout(home), path);
  if (moved.empty() || try_remove(moved)) return;
  if (!remove_inside(home, {moved})) base::log::warn("{}: some of it is left in {}", path, moved);
}

bool empty_trash(const home::Home& home) {
  const Layout layout(home);
  std::vector<sys::Lock> held;
  std::vector<std::string> left;
  for (const std::string& name : sys::list_dir(layout.trash())) {
    const std::string path = fmt::format("{}/{}", layout.trash(), name);
    auto lock = take_entry(path);
    if (!lock || try_remove(path)) continue;
    held.push_back(std::move(*lock));
    left.push_back(path);
  }
  return left.empty() || remove_inside(home, left);
}

void recover(const home::Home& home) {
  const Layout layout(home);
  recover_staging(layout);
  recover_rootfs(home, layout);
  recover_locks(layout);
  empty_trash(home);
}

}  // namespace storage
