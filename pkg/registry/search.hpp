#pragma once

#include "pkg/home/home.hpp"
#include "pkg/oci/reference.hpp"
#include "pkg/registry/client.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace registry {

struct Hit {
  std::string name;  // without the registry: "library/alpine"
  std::string description;
  std::int64_t stars = 0;
  bool is_official = false;
  bool is_automated = false;
};

// Repositories of a registry that have to do with `term`, at most `limit`: by its search (docker.io
// has one), else of the list of all its repositories those that have the term in their name. Throws
// base::Error when it tells neither.
std::vector<Hit> search(const home::Home& home, const std::string& registry,
                        const std::string& term, std::size_t limit, Access access);

// The tags of a repository, at most `limit`.
std::vector<std::string> list_tags(const home::Home& home, const oci::Reference& reference,
                                   std::size_t limit, Access access);

}  // namespace registry
