#include "pkg/home/places.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/file.hpp"

#include <fmt/core.h>

#include <cstdlib>

#include <unistd.h>

namespace home {

std::string transfer_program() {
  const std::string here = sys::program_directory();
  for (const char* place : {"/pod-transfer", "/../libexec/pod/pod-transfer"}) {
    if (::access((here + place).c_str(), X_OK) == 0) return here + place;
  }
  throw base::Error(
      fmt::format("pod-transfer is neither in {} nor in {}", here, here + "/../libexec/pod"));
}

std::optional<StorageConfFile> find_storage_conf(const Home& home) {
  const char* named = std::getenv("CONTAINERS_STORAGE_CONF");
  if (named != nullptr && *named != '\0') return StorageConfFile{named};
  const std::string own = home.config + "/containers/storage.conf";
  if (home.uid != 0 && sys::exists(own)) return StorageConfFile{own};
  for (const char* path : {"/etc/containers/storage.conf", "/usr/share/containers/storage.conf"}) {
    if (sys::exists(path)) return StorageConfFile{path, true};
  }
  return std::nullopt;
}

}  // namespace home
