#pragma once

#include "pkg/home/home.hpp"

#include <string>
#include <vector>

namespace registry {

// What storage.conf (containers-storage.conf(5)) says that concerns us: not where our own store is,
// but where images are that others have brought.
struct StorageConf {
  std::string graph_root;               // of podman's own store for this user
  std::string rootless_root;            // what the system's file says of it for users
  std::vector<std::string> additional;  // stores that are only read, in their order

  // $CONTAINERS_STORAGE_CONF, or the user's file, or the system's. For users who are not root the
  // system's file does not say graph_root, as in podman. Nothing at all is fine. Throws base::Error
  // that names file, line and key.
  static StorageConf read(const home::Home& home);
  // What one file says, as it says it.
  static StorageConf parse(const std::string& text, const std::string& file);
};

}  // namespace registry
