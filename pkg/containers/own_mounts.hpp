#pragma once

#include "pkg/containers/container.hpp"
#include "pkg/runtime/launch.hpp"
#include "pkg/userns/ids.hpp"

#include <string>
#include <vector>

namespace containers {

// What is mounted for one container alone while it is launched: images (--mount type=image), and
// folders that it does not change though it writes to them (the option O). They have a place in our
// mount namespace until this goes; the container has copies then. From inside the user namespace.
class OwnMounts {
 public:
  OwnMounts(const home::Home& home, const Container& container);
  OwnMounts(const OwnMounts&) = delete;
  OwnMounts& operator=(const OwnMounts&) = delete;
  ~OwnMounts();

  // Named as make_mounts names them.
  void add_to(std::vector<runtime::Prepared>& prepared);

 private:
  void add_image(const home::Home& home, const userns::Ids& ids, const VolumeMount& mount);
  void add_cover(const home::Home& home, const VolumeMount& mount);
  std::string place(sys::Fd& mount);

  std::string folder_;
  std::string covers_;
  std::vector<std::string> places_;
  std::vector<runtime::Prepared> prepared_;
};

// What it has written over such folders. The container does not run.
void remove_covers(const home::Home& home, const Container& container);

// The tree of --rootfs, as it is or with what the container writes beside it. From inside the user
// namespace.
sys::Fd mount_folder_root(const home::Home& home, const Container& container);

bool is_covered(const VolumeMount& mount);  // the option O

}  // namespace containers
