#pragma once

#include "pkg/base/json.hpp"
#include "pkg/oci/digest.hpp"
#include "pkg/oci/platform.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace oci {

// A pointer to a blob; image-spec, descriptor.md.
struct Descriptor {
  std::string media_type;
  Digest digest;
  std::int64_t size = 0;
  std::vector<std::string> urls;
  std::map<std::string, std::string> annotations;
  std::optional<Platform> platform;  // in an index

  static Descriptor parse(const base::Json& json);
  base::Json json() const;
};

}  // namespace oci
