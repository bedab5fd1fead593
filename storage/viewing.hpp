#pragma once

#include "pkg/home/home.hpp"
#include "storage/rootfs.hpp"

#include <optional>
#include <string>
#include <vector>

namespace storage {

// Roots of containers and images that are mounted for people to look into, in the mount namespace
// of whoever asks: that of a shell that `pod unshare` started, or root's.
enum class Viewed { Container, Image };

// Throws base::Error, with the way out, for users who may not mount.
void check_may_mount(const std::string& command);

// The folder it is mounted at; the same one when it is mounted already.
std::string mount_for_viewing(const home::Home& home, Viewed kind, const std::string& id,
                              const RootfsMount& what);
// False when it is not mounted.
bool unmount_viewed(const home::Home& home, Viewed kind, const std::string& id);

struct View {
  std::string id;
  std::string path;
};
std::vector<View> list_viewed(const home::Home& home, Viewed kind);

}  // namespace storage
