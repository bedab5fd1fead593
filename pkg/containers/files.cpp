#include "pkg/containers/files.hpp"

#include "pkg/base/error.hpp"
#include "pkg/containers/own_mounts.hpp"
#include "pkg/containers/record.hpp"
#include "pkg/containers/sandbox.hpp"
#include "pkg/containers/spec.hpp"
#include "pkg/containers/supervise.hpp"
#include "pkg/containers/user_namespace.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/mount.hpp"
#include "storage/rootfs.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include <fcntl.h>
#include <linux/mount.h>
#include <sys/stat.h>

namespace containers {
namespace {

using Kind = VolumeMount::Kind;

// Asked after opening: the number has not changed hands.
std::optional<sys::Fd> root_of_process(const State& state) {
  const auto process = sys::open_process(state.process);
  if (!process) return std::nullopt;
  sys::Fd root =
      sys::open_file(fmt::format("/proc/{}/root", state.process.pid), O_PATH | O_DIRECTORY);
  if (sys::wait_for_end(*process, 0)) return std::nullopt;
  return root;
}

// What is in memory is there only while it runs.
std::optional<std::string> source_of(const home::Home& home, const Sandbox& sandbox,
                                     const VolumeMount& mount) {
  if (mount.device == "tmpfs") return std::nullopt;
  if (mount.kind == Kind::Bind || mount.kind == Kind::Volume) return source_folder(home, mount);
  if (mount.kind != Kind::PodVolume) return std::nullopt;
  return sandbox.volume_directory(mount.source);
}

sys::Fd open_source(const std::string& path, const VolumeMount& mount) {
  sys::Fd source = sys::open_file(path, O_PATH);
  return mount.subpath.empty() ? std::move(source) : sys::open_in(source, mount.subpath);
}

// The place to mount at, made as `start` would make it.
sys::Fd open_place(const sys::Fd& root, const std::string& target, bool is_directory) {
  if (auto place = sys::find_in(root, target)) return std::move(*place);
  const std::size_t slash = target.rfind('/');
  const std::string folder = is_directory ? target : target.substr(0, slash + 1);
  sys::make_dirs_in(root, folder);
  if (!is_directory) sys::open_in(root, target, O_WRONLY | O_CREAT, 0644);
  return sys::open_in(root, target);
}

void mount_one(const sys::Fd& root, const std::string& path, const VolumeMount& mount) try {
  const sys::Fd source = open_source(path, mount);
  struct stat status {};
  if (::fstat(source.get(), &status) != 0) throw base::SysError(path);
  const sys::Fd place = open_place(root, mount.target, S_ISDIR(status.st_mode));
  const sys::Fd copy = sys::copy_mount_at(source);
  if (mount.read_only || is_covered(mount)) sys::change_mount(copy, MOUNT_ATTR_RDONLY, 0);
  sys::move_mount(copy, place);
} catch (base::Error& error) {
  error.during("mount " + mount.target);
  throw;
}

sys::Fd mount_root(const home::Home& home, const Container& container) {
  if (!container.options.rootfs.empty()) return mount_folder_root(home, container);
  return storage::mount_rootfs(
      home,
      {.container_id = container.id, .layers = container.layers, .ids = ids_of(container.options)});
}

// Mounts can be made below a root only where it has a place itself.
sys::Fd mount_all(const home::Home& home, const Container& container) {
  const Sandbox sandbox = sandbox_of(home, container);
  sys::Fd root = mount_root(home, container);
  const std::string place = home.runtime + "/mounts";
  sys::make_dirs(place, 0700);
  sys::move_mount(root, place);
  prepare_volumes(home, container, root, load_spec(home, container).process.user);
  std::vector<VolumeMount> mounts = container.options.mounts;
  const auto depth = [](const VolumeMount& mount) { return std::ranges::count(mount.target, '/'); };
  std::ranges::stable_sort(mounts, {}, depth);
  for (const VolumeMount& mount : mounts) {
    const auto source = source_of(home, sandbox, mount);
    if (source && sys::exists(*source)) mount_one(root, *source, mount);
  }
  return root;
}

// A member of a pod is looked after by the pod's monitor, which lives on without it.
bool needs_lock(const Container& container) {
  return container.pod.empty();
}

sys::Fd open_root(const home::Home& home, const Container& container,
                  std::optional<sys::Lock>& lock) {
  constexpr int kTries = 2000;
  for (int i = 0; i < kTries; ++i) {
    const State state = state_of(home, container);
    if (state.is_running()) {
      if (auto root = root_of_process(state)) return std::move(*root);
    } else {
      if (needs_lock(container)) lock = try_lock_monitor(sandbox_of(home, container));
      if (!needs_lock(container) || (lock && !state_of(home, container).is_running())) {
        return mount_all(home, container);
      }
      lock.reset();
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  throw base::Error("it is neither stopped nor does it run");
}

}  // namespace

Files open_files(const home::Home& home, const Container& container) try {
  Files files;
  files.root = open_root(home, container, files.lock);
  const oci::Process process = load_spec(home, container).process;
  files.user = taker_of(container, files.root, process.user);
  files.ids = ids_of(container.options);
  files.workdir = process.cwd;
  return files;
} catch (base::Error& error) {
  error.during("container " + container.name);
  throw;
}

}  // namespace containers
