#pragma once

#include "pkg/oci/descriptor.hpp"

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace oci {

// image-spec, manifest.md; Docker's schema 2 has the same shape.
struct Manifest {
  std::string media_type;
  Descriptor config;
  std::vector<Descriptor> layers;
  std::map<std::string, std::string> annotations;
};

// image-spec, image-index.md; Docker's manifest list has the same shape.
struct Index {
  std::string media_type;
  std::vector<Descriptor> manifests;

  // The best entry for a platform; attestations never count. Throws base::Error listing what is
  // offered when nothing fits.
  const Descriptor& choose(const Platform& wanted) const;
};

// Tells the two apart by media type or, where a registry does not say, by their members. Throws
// base::Error for schema 1, for documents that could be read as both, and for artifacts.
std::variant<Manifest, Index> parse_manifest(std::string_view bytes, std::string_view media_type);

bool is_foreign_layer(std::string_view media_type);

}  // namespace oci
