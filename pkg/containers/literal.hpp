#pragma once

#include "pkg/home/home.hpp"
#include "pkg/oci/spec.hpp"
#include "pkg/runtime/launch.hpp"
#include "pkg/sys/fd.hpp"

#include <span>
#include <string>
#include <vector>

namespace containers {

// Mounts of ours that somebody else's runtime is to find by a path: each gets a place of its own in
// our mount namespace, until this goes.
class Places {
 public:
  explicit Places(std::string folder) : folder_(std::move(folder)) {}
  Places(Places&&) = default;
  Places& operator=(Places&&) = delete;
  Places(const Places&) = delete;
  Places& operator=(const Places&) = delete;
  ~Places();

  // Moves the mount to its place and returns that.
  std::string add(const sys::Fd& mount);

 private:
  std::string folder_;
  std::vector<std::string> made_;
};

// What a spec of ours leaves open is decided by these.
struct Surroundings {
  const home::Home& home;
  const runtime::Namespaces& namespaces;
  const sys::Fd& root;
  std::span<const runtime::Prepared> prepared;
};

// The same container as a config.json that nobody has to know us to understand: users by number,
// capabilities by set, the filter written out, namespaces and mounts by path. Throws base::Error
// for what only our own runtime can do.
oci::Spec literal_spec(const oci::Spec& spec, const Surroundings& around, Places& places);

}  // namespace containers
