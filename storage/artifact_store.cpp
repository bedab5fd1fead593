#include "storage/artifact_store.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/json.hpp"
#include "pkg/base/log.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "storage/durable.hpp"
#include "storage/trash.hpp"

namespace storage {

StagedArtifact::StagedArtifact(Layout layout) : layout_(layout), staged_(std::move(layout)) {
  sys::make_dir(staged_.path() + "/blobs", 0700);
}

std::string StagedArtifact::blob(std::string_view hex) const {
  return staged_.path() + "/blobs/" + std::string(hex);
}

void StagedArtifact::publish(const home::Home& home, const Artifact& artifact) {
  const base::Json json =
      base::Json::object({{"name", artifact.name}, {"digest", artifact.digest}});
  sys::create_file(staged_.path() + "/artifact.json", json.dump(2) + "\n", 0600);
  sys::create_file(staged_.path() + "/manifest.json", artifact.manifest, 0600);
  for (const std::string& file : sys::list_dir(staged_.path() + "/blobs"))
    make_durable(staged_.path() + "/blobs/" + file);
  for (const char* file : {"/artifact.json", "/manifest.json"})
    make_durable(staged_.path() + file);
  sys::make_dirs(layout_.artifacts(), 0700);
  const std::string target = layout_.artifact(artifact.name);
  const std::string former = move_to_trash(layout_, target);
  if (!staged_.publish(target))
    throw base::Error(artifact.name + ": somebody else has just made it");
  make_durable(layout_.artifacts());
  if (!former.empty()) discard(home, former);
}

std::optional<Artifact> ArtifactStore::find(const std::string& name) const try {
  const auto manifest = sys::find_file(layout_.artifact(name) + "/manifest.json");
  const auto record = sys::find_file(layout_.artifact(name) + "/artifact.json");
  if (!manifest || !record) return std::nullopt;
  return Artifact{.name = name,
                  .digest = base::Json::parse(*record).at("digest").as_string(),
                  .manifest = *manifest};
} catch (base::Error& error) {
  error.during("artifact " + name);
  throw;
}

std::vector<Artifact> ArtifactStore::list() const {
  std::vector<Artifact> artifacts;
  for (const std::string& file : sys::list_dir(layout_.artifacts())) {
    try {
      if (auto found = find(Layout::unescape_ref(file))) artifacts.push_back(std::move(*found));
    } catch (const base::Error& error) {
      base::log::warn("{}", error.what());
    }
  }
  return artifacts;
}

std::string ArtifactStore::blob(const std::string& name, std::string_view hex) const {
  return layout_.artifact(name) + "/blobs/" + std::string(hex);
}

void ArtifactStore::remove(const home::Home& home, const std::string& name) const {
  const std::string former = move_to_trash(layout_, layout_.artifact(name));
  if (!former.empty()) discard(home, former);
}

NamedLock ArtifactStore::lock(const std::string& name) const {
  layout_.prepare();
  return NamedLock::take(layout_, "artifact-" + name);
}

}  // namespace storage
