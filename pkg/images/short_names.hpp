#pragma once

#include "pkg/home/home.hpp"
#include "pkg/oci/reference.hpp"

#include <map>
#include <string>
#include <vector>

namespace images {

// "alpine" and "library/alpine", but neither "docker.io/library/alpine" nor what is no name.
bool is_short_name(const std::string& text);

// What names without a registry stand for, as registries.conf has it. `pod` reads no such file:
// whoever pulls leaves what it says in the user's cache.
struct ShortNames {
  std::map<std::string, std::string> aliases;  // "centos": "quay.io/centos/centos"
  std::vector<std::string> search;             // registries

  friend bool operator==(const ShortNames&, const ShortNames&) = default;

  // As it was left; empty when it was not. Never throws.
  static ShortNames read(const home::Home& home);
  // Leaves it for `read`, unless it is there already.
  void write(const home::Home& home) const;

  // The complete name that an alias gives, with the tag or digest typed; "" without an alias.
  std::string find_alias(const std::string& text) const;
  // All that a short name may stand for, the best first; docker.io at the end.
  std::vector<oci::Reference> candidates(const std::string& text) const;
};

}  // namespace images
