#pragma once

#include "pkg/home/home.hpp"

#include <map>
#include <string>
#include <vector>

namespace registry {

// Another place that has the same images.
struct Mirror {
  enum class For { All, Digests, Tags };

  std::string location;
  bool is_insecure = false;
  For used_for = For::All;
};

// What a [[registry]] says about the images whose names begin with its prefix.
struct Rule {
  std::string prefix;    // "example.com/team", "*.example.com"
  std::string location;  // stands in for the prefix; "" for none
  bool is_insecure = false;
  bool is_blocked = false;
  std::vector<Mirror> mirrors;
  std::string place;  // "FILE:LINE", for messages
};

// What to do with a short name that several registries could have.
enum class ShortNames { Ask, AskOnTerminal, TryAll };

// registries.conf, version 2; containers-registries.conf(5).
struct Configuration {
  std::vector<Rule> rules;
  std::map<std::string, std::string> aliases;  // "alpine": "docker.io/library/alpine"
  std::vector<std::string> search;             // where names without a registry are looked for
  ShortNames short_names = ShortNames::AskOnTerminal;
  std::vector<std::string> credential_helpers;

  // $CONTAINERS_REGISTRIES_CONF, or the user's file, or the system's, and their drop-ins; then what
  // was chosen for short names before. Nothing at all is fine. Throws base::Error that names file,
  // line and key.
  static Configuration read(const home::Home& home);

  // Takes over what one more file says; a prefix that is known already is replaced.
  void add(const std::string& text, const std::string& file);
};

// Remembers what a short name was chosen to mean, where podman does.
void remember_short_name(const home::Home& home, const std::string& name, const std::string& meant);

}  // namespace registry
