// Who makes a record holds a lock on its folder, who looks after a sandbox holds one in its runtime
// folder: what is found unlocked has nobody any more.
#include "pkg/containers/sweep.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/containers/container.hpp"
#include "pkg/containers/record.hpp"
#include "pkg/containers/sandbox.hpp"
#include "pkg/containers/supervise.hpp"
#include "pkg/containers/volume_catalog.hpp"
#include "pkg/containers/volumes.hpp"
#include "pkg/monitor/protocol.hpp"
#include "pkg/monitor/state.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/lock.hpp"
#include "storage/trash.hpp"
#include "storage/volume_store.hpp"

#include <cerrno>

#include <sys/stat.h>

namespace containers {
namespace {

// Nobody waits for the disk when a record is made: when the machine fails soon after, its folder
// may be on the disk without it.
bool is_unwritten(const std::string& record) {
  struct stat status {};
  if (::stat(record.c_str(), &status) == 0) return status.st_size == 0;
  return errno == ENOENT;
}

// A visit happens under the lock.
template <typename Visit>
void visit_dead_folders(const std::string& folder, Visit visit) {
  for (const std::string& name : sys::list_dir(folder)) {
    const std::string path = folder + "/" + name;
    if (!name.ends_with(".new") && !is_unwritten(path + "/record.json")) continue;
    const auto lock = sys::Lock::try_take(path);
    if (lock && sys::exists(path)) visit(path);
  }
}

bool is_being_made(const std::string& path) {
  const std::string staged = path + ".new";
  return sys::exists(staged) && !sys::Lock::try_take(staged) && sys::exists(staged);
}

// A name is claimed after the folder in the making is there.
template <typename Visit>
void visit_dead_names(const home::Home& home, Visit visit) {
  for (const std::string& name : sys::list_dir(home.names())) {
    const std::string path = home.names() + "/" + name;
    const auto target = sys::find_link(path);
    if (!target || sys::exists(path) || is_being_made(home.names() + "/" + *target)) continue;
    visit(path);
  }
}

// Neither its maker nor a monitor has it, and it does not run: what was to be gone at its end is
// gone when nobody is left who would see to that. What was made to be started later waits for that.
void remove_if_abandoned(const home::Home& home, const std::string& id) {
  const std::string passing = home.containers() + "/" + id + "/" + kPassingName;
  const auto maker = sys::Lock::try_take(passing);
  const auto container = maker ? find_by_id(home, id) : std::nullopt;
  if (!container) return;
  const auto monitor = try_lock_monitor(sandbox_of(home, *container));
  if (!monitor) return;
  const State state = state_of(home, *container);
  const bool is_for_later = sys::find_file(passing).value_or("").empty();
  if (state.is_running() || (is_for_later && state.status == Status::Created)) return;
  remove_files(home, *container, true);
}

void sweep_abandoned(const home::Home& home) {
  for (const std::string& id : sys::list_dir(home.containers())) {
    if (!sys::exists(home.containers() + "/" + id + "/" + kPassingName)) continue;
    try {
      remove_if_abandoned(home, id);
    } catch (const base::Error& error) {
      base::log::debug("container {}: {}", id, error.what());
    }
  }
}

// What a monitor leaves that was killed before it had started anything. The folder of a pod's
// member has no lock: it is the pod's monitor that writes there, which does not when there is no
// record.
void sweep_runtime(const std::string& running, const std::string& records, const char* kept) {
  for (const std::string& id : sys::list_dir(running)) {
    const std::string record = records + "/" + id;
    const std::string folder = running + "/" + id;
    const std::string lock_path = folder + "/" + monitor::kLockName;
    const auto is_kept = [&] {
      const bool is_recorded = sys::exists(record) || sys::exists(record + ".new");
      return is_recorded && (!sys::exists(lock_path) || sys::exists(folder + kept));
    };
    if (is_kept()) continue;
    const auto lock = sys::Lock::try_take(lock_path);
    if ((lock || !sys::exists(lock_path)) && !is_kept()) sys::remove_tree(folder);
  }
}

// Of a container that is gone, or that nobody makes any more.
template <typename Visit>
void visit_dead_volumes(const home::Home& home, Visit visit) {
  for (const storage::Volume& volume : storage::VolumeStore(storage::Layout(home)).list()) {
    const std::string record = home.containers() + "/" + volume.container;
    if (volume.container.empty() || sys::exists(record) || is_being_made(record)) continue;
    if (sys::exists(record) || !users_of_volume(home, volume.name).empty()) continue;
    visit(volume.name);
  }
}

}  // namespace

void sweep(const home::Home& home) {
  const storage::Layout layout(home);
  const auto discard = [&](const std::string& path) { storage::move_to_trash(layout, path); };
  visit_dead_folders(home.containers(), discard);
  visit_dead_folders(home.pods(), discard);
  visit_dead_names(home, discard);
  sweep_abandoned(home);
  visit_dead_volumes(home, [&](const std::string& name) { throw_away_volume(home, name); });
  sweep_runtime(home.running_containers(), home.containers(), monitor::kStateName);
  sweep_runtime(home.running_pods(), home.pods(), "");
}

void tidy_up(const home::Home& home) {
  sweep(home);
  storage::recover(home);
}

std::vector<std::string> leftovers(const home::Home& home) {
  const storage::Layout layout(home);
  std::vector<std::string> paths;
  const auto note = [&](const std::string& path) { paths.push_back(path); };
  visit_dead_folders(home.containers(), note);
  visit_dead_folders(home.pods(), note);
  visit_dead_names(home, note);
  visit_dead_volumes(home, [&](const std::string& name) { note(layout.volume(name)); });
  return paths;
}

}  // namespace containers
