#pragma once

#include "pkg/home/home.hpp"
#include "pkg/sys/fd.hpp"
#include "pkg/sys/lock.hpp"
#include "pkg/userns/ids.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace storage {

// How a container's root file system is put together; probed once per boot, shown by `pod info`.
enum class Driver { Overlay, FuseOverlayfs, Flat };
struct DriverChoice {
  Driver driver = Driver::Overlay;
  std::string reason;  // why not the one before it; "" for overlay

  friend bool operator==(const DriverChoice&, const DriverChoice&) = default;
};
// Chosen by probing, unless POD_STORAGE_DRIVER or STORAGE_DRIVER insists: "overlay",
// "fuse-overlayfs", "flat" ("vfs" means flat). Probing needs a user namespace: a child is forked
// for it and the answer kept in home.runtime. Throws base::Error when what is insisted on does not
// work.
DriverChoice choose_driver(const home::Home& home);
std::string driver_name(Driver driver);

// A container's writable layer on disk; removed again unless kept. Locked until then, since
// `recover` removes writable layers whose container is not published.
class Rootfs {
 public:
  static Rootfs create(const home::Home& home, const std::string& container_id);
  Rootfs(Rootfs&&) noexcept;
  Rootfs& operator=(Rootfs&&) = delete;
  ~Rootfs();

  void keep() {
    path_.clear();
    lock_.reset();
  }

 private:
  Rootfs(std::string path, sys::Lock lock) : path_(std::move(path)), lock_(std::move(lock)) {}

  std::string path_;
  std::optional<sys::Lock> lock_;
};

struct RootfsMount {
  std::string container_id;
  std::vector<std::string> layers;  // chain ids, bottom first
  bool read_only = false;           // nothing is written, not even a mount point that is missing
  bool ephemeral = false;           // lost with a crash is fine (--rm): overlay's "volatile"
  bool is_view = false;             // what the container has written is seen, but nothing written
  userns::Ids ids;                  // of the container: whose files the layers show
};

// The merged tree as a detached mount. Only from inside the session user namespace with a mount
// namespace of our own (userns::enter). fuse-overlayfs runs as long as the mount lives.
sys::Fd mount_rootfs(const home::Home& home, const RootfsMount& what);

// Where it is kept what a container has written: in overlay's form, or (driver flat) as its whole
// root.
struct Written {
  std::string tree;
  bool is_whole = false;
};
Written written_by(const home::Home& home, const std::string& container_id);

// Into the trash: gone at once, but its space is free only after `empty_trash`.
void remove_rootfs(const home::Home& home, const std::string& container_id);

// Bytes in the writable layer, for `ps --size`.
std::int64_t rootfs_size(const home::Home& home, const std::string& container_id);

}  // namespace storage
