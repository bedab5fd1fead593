#pragma once

#include "pkg/containers/container.hpp"
#include "pkg/home/home.hpp"
#include "pkg/pods/pod.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// systemd units that start and stop containers and pods, for those who do not write their own.
namespace pod {

struct UnitStyle {
  bool makes_anew = false;  // --new: removes and creates, rather than starting what is there
  bool by_name = false;
  bool has_header = true;
  std::string container_prefix = "container";
  std::string pod_prefix = "pod";
  std::string separator = "-";
  std::string restart_policy = "on-failure";
  std::optional<std::int64_t> restart_seconds;
  std::optional<std::int64_t> start_timeout;
  std::int64_t stop_timeout = 10;
  std::vector<std::string> after;
  std::vector<std::string> wants;
  std::vector<std::string> requires_units;
  std::vector<std::string> env;
};

struct Unit {
  std::string name;  // without ".service"
  std::string text;
};

// Throw base::Error for what cannot be said anew: it was not made by a command line.
Unit unit_of(const containers::Container& container, const UnitStyle& style);
Unit unit_of(const home::Home& home, const pods::Pod& pod, const UnitStyle& style);

// A create command without what the unit sees to itself: --name, --pod, --rm, --replace, --detach,
// --cidfile and --restart.
std::vector<std::string> words_to_make_anew(const std::vector<std::string>& create_command);

// As a word of ExecStart=: see systemd.service(5), "Command lines".
std::string unit_word(const std::string& word);

}  // namespace pod
