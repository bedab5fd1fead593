#pragma once

#include <string>

#include <sys/types.h>

namespace home {

// Where everything of this user lives. Passed on, never global.
struct Home {
  std::string data;  // survives reboot: $XDG_DATA_HOME/pod, or ~/.local/share/pod
  std::string
      runtime;  // gone after reboot: $XDG_RUNTIME_DIR/pod, /run/user/UID/pod, or /tmp/pod-run-UID
  std::string
      config;  // $XDG_CONFIG_HOME, or ~/.config: holds containers/auth.json, containers/certs.d ...
  std::string cache;  // $XDG_CACHE_HOME/pod, or ~/.cache/pod: may be deleted at any time
  uid_t uid = 0;
  gid_t gid = 0;
  std::string user;  // login name, or the number when it has none

  // Reads the environment and makes the missing folders, for this user only (0700). A runtime
  // folder of somebody else (sudo, su) is never used. Throws base::Error naming the folder.
  // POD_ROOT and POD_RUNROOT (set by --root and --runroot, so that programs we start see the same)
  // come first.
  static Home open();

  std::string storage() const { return data + "/storage"; }
  std::string containers() const { return data + "/containers"; }
  std::string pods() const { return data + "/pods"; }
  std::string names() const { return data + "/names"; }  // of containers and pods: one name space
  std::string trash() const { return data + "/trash"; }
  std::string running_containers() const { return runtime + "/containers"; }
  std::string running_pods() const { return runtime + "/pods"; }
};

// The folder of Home::runtime alone, made when missing: for who needs neither data nor a home, as
// when somebody else's program starts us without one. Throws as Home::open does.
std::string open_runtime();

}  // namespace home
