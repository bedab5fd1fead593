#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pkg/base/time.hpp"
#include "pkg/containers/options.hpp"
#include "pkg/home/home.hpp"
#include "pkg/sys/process.hpp"

namespace containers {

// A container as it stands on disk (containers/<id>/record.json): written once, by create.
struct Container {
  std::string id;
  std::string name;
  std::string pod;         // id; "" when standalone
  std::string image_id;    // "" with --rootfs
  std::string image_name;  // complete name, or as typed when given by id
  std::vector<std::string> layers;  // of its root file system, bottom first
  base::Time created = 0;
  Options options;  // with the image's defaults filled in: command, user, workdir, stop signal, ports

  // What runs: entrypoint and command together.
  std::vector<std::string> command;
  std::vector<std::string> anonymous_volumes;

  std::string directory(const home::Home& home) const { return home.containers() + "/" + id; }
  std::string runtime_directory(const home::Home& home) const {
    return home.running_containers() + "/" + id;
  }
  std::string log_path(const home::Home& home) const;
};

enum class Status { Created, Running, Paused, Stopping, Exited, Removing };
std::string status_word(Status status);  // "created", "running", ... as the peers say

// Where it is in its life: home.runtime/containers/<id>/state.json, written by its monitor, and held
// against the processes there are, so that it is true even when the monitor was killed.
struct State {
  Status status = Status::Created;
  sys::ProcessName process;  // its first process, as the host counts; pid 0 when it does not run
  sys::ProcessName monitor;
  base::Time started = 0;
  base::Time finished = 0;
  int exit_code = 0;
  bool oom_killed = false;
  std::int64_t restarts = 0;
  std::string error;  // why it could not be started or ended oddly
  std::string cgroup;

  bool is_running() const { return status == Status::Running || status == Status::Paused || status == Status::Stopping; }
};
State state_of(const home::Home& home, const Container& container);

// All containers, oldest first.
std::vector<Container> list(const home::Home& home);
std::optional<Container> find_by_id(const home::Home& home, const std::string& id);

// Exact name, else unique beginning of an id. Throws base::Error: "no container with name or ID ..."
// (status 125; rm tells missing from the rest with `find`), "more than one result".
Container get(const home::Home& home, const std::string& name_or_id);
std::optional<Container> find(const home::Home& home, const std::string& name_or_id);
std::optional<Container> latest(const home::Home& home);

}  // namespace containers
