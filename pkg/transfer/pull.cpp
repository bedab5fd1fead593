#include "pkg/transfer/pull.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/hash/sha256.hpp"
#include "pkg/oci/manifest.hpp"
#include "pkg/registry/endpoints.hpp"
#include "pkg/transfer/names.hpp"
#include "pkg/transfer/registry_blobs.hpp"
#include "pkg/transfer/room.hpp"
#include "pkg/transfer/trust.hpp"
#include "storage/all_images.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <variant>

namespace transfer {
namespace {

// Deeper indexes in indexes are nobody's honest image.
constexpr int kMostIndexes = 3;

// What the name stands for in the registry.
struct Found {
  oci::Manifest manifest;
  std::string manifest_bytes;
  std::vector<std::string> digests;  // of the index, if there is one, and of the manifest
  oci::ImageConfig config = {};
  std::string config_bytes = {};
  bool was_chosen = false;  // from an index
};

std::string digest_of(const oci::Reference& reference, const std::string& bytes) {
  const auto& digest = reference.digest();
  return digest && digest->algorithm() == "sha512" ? "sha512:" + hash::sha512(bytes)
                                                   : "sha256:" + hash::sha256(bytes);
}

Found find_manifest(registry::Client& client, const oci::Reference& reference,
                    const oci::Platform& wanted) {
  const std::string named = reference.digest() ? reference.digest()->text() : reference.tag();
  registry::Document document = client.manifest(named);
  std::vector<std::string> digests = {digest_of(reference, document.bytes)};
  for (int depth = 0; depth <= kMostIndexes; ++depth) {
    auto parsed = oci::parse_manifest(document.bytes, document.media_type);
    if (auto* manifest = std::get_if<oci::Manifest>(&parsed)) {
      return {.manifest = std::move(*manifest),
              .manifest_bytes = std::move(document.bytes),
              .digests = std::move(digests),
              .was_chosen = depth > 0};
    }
    digests.push_back(std::get<oci::Index>(parsed).choose(wanted).digest.text());
    document = client.manifest(digests.back());
  }
  throw base::Error("its index has indexes in indexes");
}

void check_platform(const Found& found, const PullOptions& options, const oci::Platform& wanted) {
  const oci::Platform& offered = found.config.platform;
  if (found.was_chosen || offered.architecture.empty() || oci::rank(offered, wanted) >= 0) return;
  const std::string text =
      fmt::format("the image is for {}, not for {}", offered.text(), wanted.text());
  if (options.platform) throw base::Error(text);
  base::log::warn("{}", text);
}

// `named` is the name that the user gave it, `reference` the one it has there.
Found find(registry::Client& client, const oci::Reference& reference, const oci::Reference& named,
           const PullOptions& options, const registry::Policy& policy) {
  const oci::Platform wanted = options.platform.value_or(oci::Platform::host());
  Found found = find_manifest(client, reference, wanted);
  require_trusted(policy, client, named, found.digests);
  found.config_bytes = client.blob(found.manifest.config);
  found.config = oci::ImageConfig::parse(found.config_bytes);
  check_platform(found, options, wanted);
  return found;
}

// An image that was found: the name it has in the world, whoever gave it, and a way to its blobs.
struct Opened {
  oci::Reference reference;
  std::unique_ptr<registry::Client> client;
  Found found;
};

// The first of all names and places that has it. What all of them said is told at the end.
Opened open_image(const home::Home& home, const std::string& name, const PullOptions& options,
                  Report& report) {
  const registry::Configuration configuration = read_configuration(home);
  const auto policy = registry::Policy::read(home, options.signature_policy);
  std::string said;
  for (const oci::Reference& reference : complete(home, configuration, name)) {
    report.begin(reference.text());
    for (const registry::Endpoint& endpoint :
         registry::endpoints_of(configuration, reference, options.access)) {
      try {
        auto client = std::make_unique<registry::Client>(home, endpoint.reference, endpoint.access);
        Found found = find(*client, endpoint.reference, reference, options, policy);
        return {reference, std::move(client), std::move(found)};
      } catch (const base::Error& error) {
        if (error.status() > 128) throw;
        base::log::info("{}", error.what());
        said += (said.empty() ? "" : "; ") + std::string(error.what());
      }
    }
  }
  throw base::Error(said);
}

storage::Image image_of(const Found& found, const oci::Reference& reference) {
  storage::Image image;
  image.id = hash::sha256(found.config_bytes);
  image.manifest_digest = found.digests.back();
  for (const std::string& digest : found.digests) {
    image.repo_digests.push_back(reference.name() + "@" + digest);
  }
  image.config = found.config;
  return image;
}

void publish_found(const Store& store, const Found& found, const oci::Reference& reference,
                   storage::Image& image) try {
  const storage::ImageStore images(store.layout);
  if (!reference.digest()) image.names = {reference.text()};
  images.publish(image, found.config_bytes, found.manifest_bytes);
} catch (const base::SysError& error) {
  explain_full_disk(store, error);
  throw;
}

}  // namespace

std::optional<storage::Image> find_pulled(const home::Home& home, const std::string& name,
                                          const PullOptions& options) {
  using images::PullPolicy;
  if (options.policy == PullPolicy::Always || options.policy == PullPolicy::Newer) return {};
  read_configuration(home);
  std::optional<storage::Image> image = images::find(home, name);
  if (image && options.platform && oci::rank(image->config.platform, *options.platform) < 0) {
    image.reset();
  }
  const storage::AllImages store(home);
  if (image && options.policy == PullPolicy::Missing && !store.is_whole(*image)) image.reset();
  if (!image && options.policy == PullPolicy::Never) {
    throw base::Error(name + ": there is no such image here, and it must not be pulled");
  }
  return image;
}

std::string pull(const home::Home& home, const Store& store, const std::string& name,
                 const PullOptions& options, Report& report) try {
  Opened opened = open_image(home, name, options, report);
  const Found& found = opened.found;
  const std::vector<WantedLayer> layers = plan_layers(found.manifest, found.config);
  RegistryBlobs blobs(*opened.client, report, store.layout);
  const HeldLayers held = bring_layers(store, layers, blobs);
  report.end();

  storage::Image image = image_of(found, opened.reference);
  for (const WantedLayer& layer : layers)
    image.layers.push_back(layer.id);
  image.size = held.size;
  publish_found(store, found, opened.reference, image);
  return image.id;
} catch (base::Error& error) {
  report.end();
  if (!std::string_view(error.what()).starts_with(name + ":")) error.during(name);
  throw;
}

}  // namespace transfer
