#pragma once

#include "pkg/home/home.hpp"
#include "storage/staging.hpp"

#include <optional>
#include <string>
#include <vector>

namespace storage {

// An artifact (image-spec, manifest.md, "Guidelines for Artifact Usage"): files under a name.
struct Artifact {
  std::string name;    // "quay.io/team/model:1"
  std::string digest;  // "sha256:..." of the manifest
  std::string manifest;
};

// An artifact in the making; thrown away unless published.
class StagedArtifact {
 public:
  explicit StagedArtifact(Layout layout);

  std::string path() const { return staged_.path(); }
  std::string blob(std::string_view hex) const;  // where its blob belongs
  // In place of what had its name.
  void publish(const home::Home& home, const Artifact& artifact);

 private:
  Layout layout_;
  Staged staged_;
};

class ArtifactStore {
 public:
  explicit ArtifactStore(Layout layout) : layout_(std::move(layout)) {}

  // By complete name.
  std::optional<Artifact> find(const std::string& name) const;
  std::vector<Artifact> list() const;
  std::string blob(const std::string& name, std::string_view hex) const;
  void remove(const home::Home& home, const std::string& name) const;
  // Held while one is replaced.
  NamedLock lock(const std::string& name) const;

 private:
  Layout layout_;
};

}  // namespace storage
