#pragma once

#include "pkg/base/time.hpp"
#include "pkg/containers/options.hpp"
#include "pkg/events/event.hpp"
#include "pkg/home/home.hpp"
#include "pkg/monitor/state.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace containers {

// A container as it stands on disk (containers/<id>/record.json): written by create, replaced whole
// by what changes it (amend.hpp).
struct Container {
  std::string id;
  std::string name;
  std::string pod;                  // id; "" when standalone
  std::string image_id;             // "" with --rootfs
  std::string image_name;           // complete name, or as typed when given by id
  std::vector<std::string> layers;  // of its root file system, bottom first
  base::Time created = 0;
  Options
      options;  // with the image's defaults filled in: command, user, workdir, stop signal, ports

  // What runs: entrypoint and command together.
  std::vector<std::string> command;
  std::vector<std::string> anonymous_volumes;

  std::string directory(const home::Home& home) const { return home.containers() + "/" + id; }
  std::string runtime_directory(const home::Home& home) const {
    return home.running_containers() + "/" + id;
  }
  std::string log_path(const home::Home& home) const;

  static Container parse(const base::Json& json);
  base::Json json() const;
};

using monitor::State;
using monitor::Status;
using monitor::status_word;

// Where it is in its life, true even when its monitor was killed.
State state_of(const home::Home& home, const Container& container);

// What events tell of it.
events::Subject subject_of(const Container& container);

// All containers, oldest first.
// The names of containers that are made of an image, or mount it.
std::vector<std::string> names_of_users(const home::Home& home, const std::string& image_id);
bool uses_image(const Container& container, const std::string& image_id);

std::vector<Container> list(const home::Home& home);
std::optional<Container> find_by_id(const home::Home& home, const std::string& id);

// Exact name, else unique beginning of an id. Throws base::Error: "no container with name or ID
// ..." (status 125; rm tells missing from the rest with `find`), "more than one result".
Container get(const home::Home& home, const std::string& name_or_id);
std::optional<Container> find(const home::Home& home, const std::string& name_or_id);
std::optional<Container> latest(const home::Home& home);

}  // namespace containers
