// Artifacts to registries and from them.
#include "pkg/base/error.hpp"
#include "pkg/hash/sha256.hpp"
#include "pkg/images/ensure.hpp"
#include "pkg/oci/media_types.hpp"
#include "pkg/registry/configuration.hpp"
#include "pkg/registry/endpoints.hpp"
#include "pkg/registry/policy.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/transfer/artifacts.hpp"
#include "pkg/transfer/file_source.hpp"
#include "pkg/transfer/names.hpp"
#include "pkg/transfer/packing.hpp"
#include "pkg/transfer/registry_blobs.hpp"
#include "pkg/transfer/remote.hpp"
#include "pkg/transfer/trust.hpp"

#include <csignal>
#include <memory>

namespace transfer {
namespace {

// A blob into a file; found right or thrown at.
class FileOfBlob : public registry::Sink {
 public:
  FileOfBlob(const oci::Descriptor& blob, const std::string& path)
      : blob_(blob),
        file_(sys::open_file(path, O_WRONLY | O_CREAT | O_TRUNC, 0600)),
        hasher_(blob.digest.algorithm()) {}

  bool accept(std::string_view bytes) override {
    hasher_.update(bytes);
    sys::write_all(file_, bytes);
    return true;
  }

  void finish() override {
    const std::string found = hasher_.finish();
    if (found == blob_.digest.hex()) return;
    throw base::Error("blob " + blob_.digest.text() + ": wrong content: its digest is " + found);
  }

 private:
  oci::Descriptor blob_;
  sys::Fd file_;
  hash::Hasher hasher_;
};

void fetch_files(registry::Client& client, const std::vector<oci::Descriptor>& files,
                 const storage::StagedArtifact& staged) {
  std::vector<std::unique_ptr<FileOfBlob>> sinks;
  std::vector<registry::BlobRequest> requests;
  for (const oci::Descriptor& file : files) {
    if (sys::exists(staged.blob(file.digest.hex()))) continue;
    sinks.push_back(std::make_unique<FileOfBlob>(file, staged.blob(file.digest.hex())));
    requests.push_back({.blob = file, .sink = sinks.back().get()});
  }
  sys::SignalQueue signals({SIGINT, SIGTERM, SIGHUP});
  client.fetch(requests, [&] { end_when_told(signals); });
}

std::string digest_of(const std::string& bytes) {
  return "sha256:" + hash::sha256(bytes);
}

// Its configuration is not kept: artifacts of ours have an empty one. Of others it is refused.
base::Json parse_artifact(const std::string& name, const std::string& bytes) {
  base::Json manifest = base::Json::parse(bytes);
  const base::Json* config = manifest.find("config");
  if (manifest.find("manifests") != nullptr || config == nullptr) {
    throw base::Error(name + ": not an artifact but a list of images, or something else");
  }
  const std::string type = config->string_or("mediaType", "");
  if (type == oci::kOciConfig || type == oci::kDockerConfig) {
    throw base::Error(name + ": not an artifact but an image: `pod pull` brings it");
  }
  return manifest;
}

std::vector<oci::Descriptor> with_config(const storage::Artifact& artifact) {
  std::vector<oci::Descriptor> all = files_of(artifact);
  all.push_back(oci::Descriptor::parse(base::Json::parse(artifact.manifest).at("config")));
  return all;
}

}  // namespace

std::string pull_artifact(const home::Home& home, const registry::Access& access,
                          const std::string& text) {
  const Remote remote = open_remote(home, access, text);
  const std::string digest = digest_of(remote.document.bytes);
  require_trusted(registry::Policy::read(home, ""), *remote.client, remote.reference, {digest});
  parse_artifact(remote.reference.text(), remote.document.bytes);
  storage::Artifact artifact{
      .name = remote.reference.text(), .digest = digest, .manifest = remote.document.bytes};
  const storage::Layout layout(home);
  layout.prepare();
  storage::StagedArtifact staged(layout);
  fetch_files(*remote.client, with_config(artifact), staged);
  const auto lock = storage::ArtifactStore(layout).lock(artifact.name);
  staged.publish(home, artifact);
  return artifact.digest;
}

std::string push_artifact(const home::Home& home, const registry::Access& access,
                          const storage::Artifact& artifact, const std::string& destination) {
  const oci::Reference there = oci::Reference::parse(destination);
  registry::Access with = registry::access_to(registry::Configuration::read(home), there, access);
  with.is_for_push = true;
  registry::Client client(home, there, with);
  const storage::ArtifactStore store{storage::Layout(home)};
  const std::vector<oci::Descriptor> files = with_config(artifact);
  std::vector<registry::BlobOffer> offers;
  for (const oci::Descriptor& file : files) {
    registry::BlobOffer offer{.name = "blob " + file.digest.text(),
                              .known = {{.blob = file, .repositories = {}}},
                              .open = {},
                              .bytes = {}};
    const std::string path = store.blob(artifact.name, file.digest.hex());
    if (file.media_type == oci::kOciEmpty && !sys::exists(path)) offer.bytes = "{}";
    offer.open = [&client, path] {
      return pack({.open = [path] { return std::make_unique<FileSource>(sys::open_file(path)); },
                   .squeeze = {.format = tar::Compression::None, .level = {}},
                   .wake = [&client] { client.wake(); }});
    };
    offers.push_back(std::move(offer));
  }
  sys::SignalQueue signals({SIGINT, SIGTERM, SIGHUP});
  const auto outcomes =
      client.send(offers, [&](std::span<const registry::BlobSending>) { end_when_told(signals); });
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (outcomes[i].digest == files[i].digest) continue;
    throw base::Error("blob " + files[i].digest.text() + ": damaged here: its digest is " +
                      outcomes[i].digest.text());
  }
  client.put_manifest(there.digest() ? artifact.digest : there.tag(),
                      {.bytes = artifact.manifest, .media_type = std::string(oci::kOciManifest)});
  return artifact.digest;
}

}  // namespace transfer
