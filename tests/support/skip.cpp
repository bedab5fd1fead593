#include "tests/support/skip.hpp"

#include "tests/support/image.hpp"

#include <cstdlib>
#include <fstream>

#include <fcntl.h>
#include <pwd.h>
#include <unistd.h>

namespace support {
namespace {

bool is_installed(const std::string& name) {
  for (const char* folder : {"/usr/bin/", "/bin/", "/usr/local/bin/", "/usr/sbin/", "/sbin/"}) {
    if (::access((folder + name).c_str(), X_OK) == 0) return true;
  }
  return false;
}

bool has_line_for_us(const char* path) {
  const passwd* entry = ::getpwuid(::getuid());
  const std::string name = entry != nullptr ? entry->pw_name : "";
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(name + ":") || line.starts_with(std::to_string(::getuid()) + ":")) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::string why_no_shell() {
  return busybox().empty() ? "busybox-static is not installed: the image has no shell" : "";
}

std::string why_no_network() {
  if (!is_installed("pasta") && !is_installed("slirp4netns")) {
    return "neither passt nor slirp4netns is installed";
  }
  const int tun = ::open("/dev/net/tun", O_RDWR | O_CLOEXEC);
  if (tun < 0) return "/dev/net/tun cannot be opened";
  ::close(tun);
  return "";
}

std::string why_no_ids() {
  if (!is_installed("newuidmap")) return "uidmap is not installed";
  const bool ids = has_line_for_us("/etc/subuid") && has_line_for_us("/etc/subgid");
  return ids ? "" : "this user has no subordinate ids";
}

std::string why_no_cgroups() {
  std::ifstream file("/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("0::")) continue;
    const std::string folder = "/sys/fs/cgroup" + line.substr(3);
    if (::access((folder + "/cgroup.subtree_control").c_str(), W_OK) == 0) return "";
  }
  return "no cgroup of version 2 is delegated to this user";
}

}  // namespace support
