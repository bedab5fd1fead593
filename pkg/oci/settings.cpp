#include "pkg/oci/settings.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace oci {
namespace {

// What of kernel.* and fs.* belongs to an IPC namespace.
constexpr std::array<std::string_view, 8> kIpcSettings = {
    "kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem",
    "kernel.shmall", "kernel.shmmax", "kernel.shmmni", "kernel.shm_rmid_forced"};

}  // namespace

std::string setting_with_points(std::string name) {
  if (name.find('/') < name.find('.')) {
    for (char& c : name) {
      if (c == '/' || c == '.') c = c == '/' ? '.' : '/';
    }
  }
  return name;
}

std::string namespace_of_setting(const std::string& name) {
  const std::string plain = setting_with_points(name);
  if (plain.starts_with("net.")) return "network";
  if (plain.starts_with("fs.mqueue.") ||
      std::find(kIpcSettings.begin(), kIpcSettings.end(), plain) != kIpcSettings.end()) {
    return "ipc";
  }
  return plain == "kernel.domainname" ? "uts" : "";
}

}  // namespace oci
