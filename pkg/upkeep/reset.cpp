// Nothing here relies on records that can be read: who keeps them damaged needs this most.
#include "pkg/upkeep/reset.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/containers/lifecycle.hpp"
#include "pkg/pods/lifecycle.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/process.hpp"
#include "pkg/userns/enter.hpp"
#include "pkg/userns/session.hpp"
#include "storage/trash.hpp"

#include <csignal>

#include <unistd.h>

namespace upkeep {
namespace {

template <typename Work>
void try_to(Work work) {
  try {
    work();
  } catch (const base::Error& error) {
    base::log::debug("{}", error.what());  // its monitor is killed, and all is removed, anyway
  }
}

void end_all(const home::Home& home) {
  try_to([&] {
    for (const pods::Pod& pod : pods::list(home))
      try_to([&] { pods::throw_away(home, pod, true, 0); });
  });
  try_to([&] {
    for (const containers::Container& container : containers::list(home)) {
      try_to([&] {
        containers::throw_away(home, container, {.force = true, .volumes = true, .timeout = 0});
      });
    }
  });
}

// With a monitor the kernel ends its containers.
void kill_monitors(const home::Home& home) {
  constexpr int kPatience = 5000;  // milliseconds
  for (const sys::ProcessName& holder : userns::holders(home)) {
    const auto process = sys::open_process(holder);
    if (process && sys::send_signal(*process, SIGKILL)) sys::wait_for_end(*process, kPatience);
  }
}

// At once by a rename where that can be; a link to another disk leads to what is meant.
void remove_folder(const home::Home& home, const std::string& path) {
  if (!sys::find_link(path)) {
    try {
      storage::discard(home, path);
      return;
    } catch (const base::SysError&) {
      // A mount point: what is in it goes.
    }
  }
  userns::inside(home, [&] {
    for (const std::string& name : sys::list_dir(path))
      sys::remove_tree(path + "/" + name);
  });
}

}  // namespace

void reset(const home::Home& home) {
  end_all(home);
  kill_monitors(home);
  for (const std::string& path :
       {home.names(), home.pods(), home.containers(), home.storage(), home.cache})
    remove_folder(home, path);
  if (!storage::empty_trash(home).is_clean) {
    throw base::Error("some files could not be removed; they are in " + home.trash());
  }
  for (const std::string& path : {home.trash(), home.data, home.cache})
    ::rmdir(path.c_str());
  for (const char* name : {"/containers", "/pods", "/session", "/plays", "/mountpoint", "/mounts"})
    sys::remove_tree(home.runtime + name);
  for (const std::string& name : sys::list_dir(home.runtime)) {
    if (name.starts_with("storage-driver") || name.starts_with("events.log"))
      sys::remove_file(home.runtime + "/" + name);
  }
  ::rmdir(home.runtime.c_str());
}

}  // namespace upkeep
