// Removal that a crash cannot leave half done: what is to go is renamed away first, which takes it
// from everybody's sight at once and needs no space, and is unlinked afterwards. Who is killed in
// between leaves it to the next command. The same holds for what was being made: its maker holds a
// lock that ends with the process, so what is found unlocked has no maker any more.
#include "storage/trash.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/base/log.hpp"
#include "pkg/base/text.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/lock.hpp"
#include "pkg/userns/enter.hpp"
#include "storage/folder_times.hpp"

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
bool try_remove(const std::string& path, std::int64_t& freed) {
  try {
    sys::remove_tree(path, freed);
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

std::int64_t sum_of(const std::string& numbers) {
  std::int64_t sum = 0;
  for (const std::string& number : base::split(numbers, ' '))
    sum += base::parse_integer(number).value_or(0);
  return sum;
}

// All of `paths` with the rights of the user's namespace.
Emptied remove_inside(const home::Home& home, const std::vector<std::string>& paths) {
  if (are_we_inside()) return {.is_clean = false};
  const sys::Fd answer = sys::memory_file("");
  Emptied emptied;
  try {
    userns::inside(home, [&] {
      for (const std::string& path : paths) {
        std::int64_t freed = 0;
        const bool is_gone = try_remove(path, freed);
        sys::write_all(answer, std::to_string(freed) + " ");
        if (!is_gone) sys::remove_tree(path);  // says why not
      }
    });
  } catch (const base::Error& error) {
    emptied.is_clean = false;
    base::log::warn("trash: {}", error.what());
  }
  emptied.freed = sum_of(sys::read_file(sys::fd_path(answer)));
  return emptied;
}

// A folder in the trash that nobody is emptying. Files are removed at once.
std::optional<sys::Lock> take_entry(const std::string& path, std::int64_t& freed) {
  if (!is_folder(path)) {
    sys::remove_tree(path, freed);
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

// What its maker no longer holds. A visit happens under its lock.
template <typename Visit>
void visit_dead_staging(const Layout& layout, Visit visit) {
  for (const std::string& name : sys::list_dir(layout.staging())) {
    const std::string path = fmt::format("{}/{}", layout.staging(), name);
    const auto lock = sys::Lock::try_take(path);
    if (lock) visit(path);
  }
}

// Writable layers are made before their container is published, under a lock.
template <typename Visit>
void visit_dead_rootfs(const home::Home& home, const Layout& layout, Visit visit) {
  for (const std::string& id : sys::list_dir(layout.rootfs())) {
    const std::string container = fmt::format("{}/{}", home.containers(), id);
    if (sys::exists(container)) continue;
    const std::string path = fmt::format("{}/{}", layout.rootfs(), id);
    const auto lock = sys::Lock::try_take(path);
    if (lock && !sys::exists(container)) visit(path);
  }
}

// Names are removed before their image, and given after it is there.
template <typename Visit>
void visit_dead_refs(const Layout& layout, Visit visit) {
  for (const std::string& name : sys::list_dir(layout.refs())) {
    const std::string path = fmt::format("{}/{}", layout.refs(), name);
    if (!sys::exists(path)) visit(path);
  }
}

void recover_refs(const Layout& layout) {
  bool is_any = false;
  visit_dead_refs(layout, [&](const std::string&) { is_any = true; });
  if (!is_any) return;
  const sys::Lock lock = sys::Lock::take(layout.images());
  visit_dead_refs(layout, [&](const std::string& path) { move_to_trash(layout, path); });
}

void recover_locks(const Layout& layout) {
  const std::string folder = layout.root() + "/locks";
  for (const std::string& name : sys::list_dir(folder)) {
    const std::string path = fmt::format("{}/{}", folder, name);
    const auto lock = sys::Lock::try_take(path);
    if (lock) sys::remove_file(path);
  }
}

// Its record goes first: without one it does not count any more, whenever we are interrupted.
void remove_in_place(const std::string& path) {
  for (const char* record : {"/layer.json", "/image.json", "/record.json", "/volume.json"})
    ::unlink((path + record).c_str());
  sys::remove_tree(path);
}

// On a full disk even a rename may need a block for the folder that gets the name. Freeing what is
// in the trash already gives one; without any, nothing is lost by removing it where it is.
void make_way(const Layout& layout) {
  std::int64_t freed = 0;
  for (const std::string& name : sys::list_dir(layout.trash()))
    try_remove(fmt::format("{}/{}", layout.trash(), name), freed);
}

bool is_full(int error) {
  return error == ENOSPC || error == EDQUOT;
}

// 0, or what errno says.
int try_rename(const std::string& from, const std::string& to) {
  return ::rename(from.c_str(), to.c_str()) == 0 ? 0 : errno;
}

}  // namespace

std::string move_to_trash(const Layout& layout, const std::string& path) {
  std::string target = layout.trash() + "/" + base::make_id().substr(0, 16);
  int error = try_rename(path, target);
  if (is_full(error)) {
    make_way(layout);
    error = try_rename(path, target);
  }
  if (error == ENOENT && !is_there(layout.trash())) {
    sys::make_dirs(layout.trash(), 0700);
    error = try_rename(path, target);
  }
  if (error == 0) return target;
  if (is_full(error)) remove_in_place(path);
  if (error != ENOENT && !is_full(error)) throw base::SysError("remove " + path, error);
  return "";
}

bool throw_away(const Layout& layout, const std::string& path) {
  const auto claim = claim_removal(path);
  const std::string moved = move_to_trash(layout, path);
  std::int64_t freed = 0;
  return moved.empty() || try_remove(moved, freed);
}

void discard(const home::Home& home, const std::string& path) {
  const auto claim = claim_removal(path);
  const std::string moved = move_to_trash(Layout(home), path);
  std::int64_t freed = 0;
  if (moved.empty() || try_remove(moved, freed)) return;
  if (!remove_inside(home, {moved}).is_clean) {
    base::log::warn("{}: some of it is left in {}", path, moved);
  }
}

Emptied empty_trash(const home::Home& home) {
  const Layout layout(home);
  std::vector<std::string> all;
  for (const std::string& name : sys::list_dir(layout.trash()))
    all.push_back(fmt::format("{}/{}", layout.trash(), name));
  return empty_trash(home, all);
}

Emptied empty_trash(const home::Home& home, const std::vector<std::string>& moved) {
  Emptied emptied;
  std::vector<sys::Lock> held;
  std::vector<std::string> left;
  for (const std::string& path : moved) {
    auto lock = take_entry(path, emptied.freed);
    if (!lock || try_remove(path, emptied.freed)) continue;
    held.push_back(std::move(*lock));
    left.push_back(path);
  }
  if (left.empty()) return emptied;
  const Emptied inside = remove_inside(home, left);
  return {.is_clean = inside.is_clean, .freed = emptied.freed + inside.freed};
}

std::int64_t recover(const home::Home& home) {
  const Layout layout(home);
  const auto discard_it = [&](const std::string& path) { move_to_trash(layout, path); };
  visit_dead_staging(layout, [&](const std::string& path) {
    if (restore_folder_times(path)) discard_it(path);
  });
  visit_dead_rootfs(home, layout, discard_it);
  recover_refs(layout);
  recover_locks(layout);
  return empty_trash(home).freed;
}

std::vector<std::string> leftovers(const home::Home& home) {
  const Layout layout(home);
  std::vector<std::string> paths;
  const auto note = [&](const std::string& path) { paths.push_back(path); };
  visit_dead_staging(layout, note);
  visit_dead_rootfs(home, layout, note);
  visit_dead_refs(layout, note);
  for (const std::string& name : sys::list_dir(layout.trash()))
    note(fmt::format("{}/{}", layout.trash(), name));
  return paths;
}

}  // namespace storage
