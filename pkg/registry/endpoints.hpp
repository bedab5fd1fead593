#pragma once

#include "pkg/oci/reference.hpp"
#include "pkg/registry/client.hpp"
#include "pkg/registry/configuration.hpp"

#include <vector>

namespace registry {

// One place an image may be read from, and how to speak to it.
struct Endpoint {
  oci::Reference reference;  // the same image by the name it has there
  Access access;
  bool is_mirror = false;
};

// Where to look for an image, in order: the mirrors that its name is meant for, then the registry
// itself. Whoever has the manifest gives all of its blobs. --creds go only to the registry that the
// user named. Throws base::Error when the configuration blocks it.
std::vector<Endpoint> endpoints_of(const Configuration& configuration,
                                   const oci::Reference& reference, const Access& access);

// For what is not read through mirrors: pushing, searching, logging in. Throws base::Error when the
// registry is blocked.
Access access_to(const Configuration& configuration, const oci::Reference& reference,
                 const Access& access);

}  // namespace registry
