#pragma once

#include "pkg/home/home.hpp"

#include <optional>
#include <string>

// What belongs to the user's surroundings rather than to us.
namespace home {

// argv[0] for the other program: beside us, or ../libexec/pod. Throws base::Error.
std::string transfer_program();

// The storage.conf that counts: $CONTAINERS_STORAGE_CONF (which need not exist), or the user's
// file, or the system's. Nothing when there is none.
struct StorageConfFile {
  std::string path;
  bool is_systems = false;
};
std::optional<StorageConfFile> find_storage_conf(const Home& home);

}  // namespace home
