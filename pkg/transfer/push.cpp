#include "pkg/transfer/push.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/hash/sha256.hpp"
#include "pkg/oci/media_types.hpp"
#include "pkg/registry/configuration.hpp"
#include "pkg/registry/endpoints.hpp"
#include "pkg/sys/signals.hpp"
#include "pkg/transfer/layer_source.hpp"
#include "pkg/transfer/packing.hpp"
#include "pkg/transfer/push_plan.hpp"
#include "pkg/transfer/registry_blobs.hpp"
#include "storage/layer_blobs.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <deque>
#include <utility>

namespace transfer {
namespace {

using registry::BlobOffer;
using registry::BlobOutcome;

constexpr std::size_t kMostScopes = 8;

// What is offered to the registry, and which layers of the plan each offer is for.
struct Cargo {
  std::vector<BlobOffer> offers;
  std::vector<LayerProgress> progress;         // of the offers that are layers
  std::deque<std::atomic<std::int64_t>> read;  // likewise
  std::vector<std::size_t> offer_of;  // by layer; kNotSent for those that stay where they are
  std::vector<std::size_t> layer_of;  // by offer: the first of equal ones
  static constexpr std::size_t kNotSent = static_cast<std::size_t>(-1);
};

std::string short_digest(const std::string& digest) {
  constexpr std::size_t kShort = 12;
  return digest.substr(digest.find(':') + 1, kShort);
}

// Of distribution-spec's "non-distributable" layers only the addresses are pushed.
bool stays_elsewhere(const PushedLayer& layer) {
  return layer.original && oci::is_foreign_layer(layer.original->media_type) &&
         !layer.original->urls.empty();
}

oci::Descriptor descriptor_of(const PushedLayer& layer, const BlobOutcome& outcome) {
  if (outcome.how != BlobOutcome::How::Sent) return layer.known.at(outcome.known).blob;
  return {.media_type = layer_type(ManifestFormat::Oci, layer.squeeze.format),
          .digest = outcome.digest,
          .size = outcome.size,
          .urls = {},
          .annotations = {},
          .platform = {}};
}

void hold_layers(const Store& store, const PushPlan& plan, std::vector<sys::Lock>& holds) {
  const storage::LayerStore layers(store.layout);
  for (const PushedLayer& one : plan.layers) {
    auto hold = layers.hold(one.layer.id);
    if (!hold) throw base::Error(fmt::format("layer {} is missing", one.layer.id));
    holds.push_back(std::move(*hold));
  }
}

void take_progress(Cargo& cargo, std::span<const registry::BlobSending> state) {
  for (std::size_t i = 0; i < cargo.progress.size(); ++i) {
    LayerProgress& layer = cargo.progress[i];
    layer.received = cargo.read[i];
    layer.size = std::max(layer.size, layer.received + 1);
    if (!state[i].outcome) continue;
    const BlobOutcome& outcome = *state[i].outcome;
    layer.size = layer.received = outcome.size;
    if (outcome.how == BlobOutcome::How::Present) layer.note = "is there already";
    if (outcome.how == BlobOutcome::How::Mounted) layer.note = "mounted";
  }
}

std::vector<std::string> scopes(const Neighbours& neighbours, const std::string& repository) {
  std::set<std::string> all;
  for (const auto& [layer, repositories] : neighbours)
    all.insert(repositories.begin(), repositories.end());
  all.erase(repository);
  std::vector<std::string> some(all.begin(), all.end());
  if (some.size() > kMostScopes) some.resize(kMostScopes);
  return some;
}

}  // namespace

struct Pusher::Impl {
  const home::Home& home;
  Store store;
  oci::Reference destination;
  PushOptions options;
  Report& report;
  Neighbours neighbours;
  std::unique_ptr<registry::Client> client;

  registry::Access access() const;
  Cargo load(const PushPlan& plan);
  std::vector<oci::Descriptor> bring(const PushPlan& plan);
  void add_layer(Cargo& cargo, const PushedLayer& layer);
  std::vector<BlobOutcome> send(const PushPlan& plan, Cargo& cargo);
  registry::Document put(const PushPlan& plan, const std::vector<oci::Descriptor>& layers,
                         const std::string& tag_or_digest);
  void remember(const PushPlan& plan, const Cargo& cargo, const std::vector<BlobOutcome>& outcomes);
  void remember(const storage::Image& image, const std::string& digest);
};

registry::Access Pusher::Impl::access() const {
  const registry::Configuration configuration = registry::Configuration::read(home);
  registry::Access made = registry::access_to(configuration, destination, options.access);
  made.is_for_push = true;
  for (std::string& repository : scopes(neighbours, destination.repository()))
    made.also_read.push_back(std::move(repository));
  return made;
}

void Pusher::Impl::add_layer(Cargo& cargo, const PushedLayer& layer) {
  std::atomic<std::int64_t>& read = cargo.read.emplace_back(0);
  cargo.progress.push_back(
      {.digest = layer.layer.diff_id, .size = layer.layer.size, .received = 0});
  cargo.offers.push_back(
      {.name = "layer " + short_digest(layer.layer.diff_id),
       .known = layer.known,
       .open =
           [this, &layer, &read] {
             return pack({.open = [this, &layer] { return open_layer(store, layer.layer); },
                          .squeeze = layer.squeeze,
                          .wake = [this] { client->wake(); },
                          .read = &read});
           },
       .bytes = {}});
}

// The largest first: they take longest whatever the others do.
Cargo Pusher::Impl::load(const PushPlan& plan) {
  Cargo cargo;
  cargo.offer_of.assign(plan.layers.size(), Cargo::kNotSent);
  std::vector<std::size_t> order(plan.layers.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    order[i] = i;
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    return plan.layers[a].layer.size > plan.layers[b].layer.size;
  });
  std::map<std::string, std::size_t> by_diff_id;
  for (const std::size_t i : order) {
    if (stays_elsewhere(plan.layers[i])) continue;
    const auto [found, is_new] =
        by_diff_id.try_emplace(plan.layers[i].layer.diff_id, cargo.offers.size());
    cargo.offer_of[i] = found->second;
    if (!is_new) continue;
    cargo.layer_of.push_back(i);
    add_layer(cargo, plan.layers[i]);
  }
  cargo.offers.push_back({.name = "configuration",
                          .known = {{.blob = plan.config, .repositories = {}}},
                          .open = {},
                          .bytes = plan.config_bytes});
  return cargo;
}

std::vector<BlobOutcome> Pusher::Impl::send(const PushPlan& plan, Cargo& cargo) {
  sys::SignalQueue signals({SIGINT, SIGTERM, SIGHUP});
  std::vector<sys::Lock> holds;
  hold_layers(store, plan, holds);
  return client->send(cargo.offers, [&](std::span<const registry::BlobSending> state) {
    end_when_told(signals);
    take_progress(cargo, state);
    report.show(cargo.progress);
  });
}

// Old registries know only one of the two formats.
registry::Document Pusher::Impl::put(const PushPlan& plan,
                                     const std::vector<oci::Descriptor>& layers,
                                     const std::string& tag_or_digest) {
  const auto put_as = [&](ManifestFormat format) {
    registry::Document document = make_manifest(plan, layers, format);
    const std::string digest = "sha256:" + hash::sha256(document.bytes);
    if (tag_or_digest.starts_with("sha256:") && tag_or_digest != digest) {
      throw base::Error(
          fmt::format("the image's digest is {} there, not {}", digest, tag_or_digest));
    }
    client->put_manifest(tag_or_digest.empty() ? digest : tag_or_digest, document);
    return document;
  };
  try {
    return put_as(options.format);
  } catch (const registry::RefusedManifest& error) {
    const registry::Document refused = make_manifest(plan, layers, options.format);
    const bool was_docker = refused.media_type == oci::kDockerManifest;
    if (options.format != ManifestFormat::AsItIs) throw;
    const bool has_zstd = refused.bytes.find("tar+zstd") != std::string::npos;
    if (has_zstd) throw;
    base::log::info("{}: once more in the other format", error.what());
    try {
      return put_as(was_docker ? ManifestFormat::Oci : ManifestFormat::Docker);
    } catch (const registry::RefusedManifest&) {
      throw error;
    }
  }
}

void Pusher::Impl::remember(const PushPlan& plan, const Cargo& cargo,
                            const std::vector<BlobOutcome>& outcomes) {
  for (std::size_t i = 0; i < plan.layers.size(); ++i) {
    if (cargo.offer_of[i] == Cargo::kNotSent) continue;
    const PushedLayer& layer = plan.layers[cargo.layer_of[cargo.offer_of[i]]];
    const BlobOutcome& outcome = outcomes[cargo.offer_of[i]];
    const oci::Descriptor blob = descriptor_of(layer, outcome);
    const bool is_sent = outcome.how == BlobOutcome::How::Sent;
    try {
      storage::remember_blob(
          store.layout, plan.layers[i].layer.id,
          {.digest = blob.digest.text(),
           .size = blob.size,
           .media_type = blob.media_type,
           .compression = std::string(tar::compression_name(compression_of(blob.media_type))),
           .level = is_sent ? layer.squeeze.level : std::nullopt,
           .repositories = {destination.name()}});
    } catch (const base::Error& error) {
      base::log::info("the next push will look anew: {}", error.what());
    }
  }
}

Pusher::Pusher(const home::Home& home, Store store, const oci::Reference& destination,
               const PushOptions& options, Report& report, std::span<const storage::Image> images)
    : impl_(std::make_unique<Impl>(Impl{.home = home,
                                        .store = std::move(store),
                                        .destination = destination,
                                        .options = options,
                                        .report = report,
                                        .neighbours = {},
                                        .client = {}})) {
  tar::check_level(
      {.format = options.compression.value_or(tar::Compression::Gzip), .level = options.level});
  impl_->neighbours = find_neighbours(impl_->store, destination.registry(), images);
  impl_->client = std::make_unique<registry::Client>(home, destination, impl_->access());
}

Pusher::~Pusher() = default;

registry::Client& Pusher::client() {
  return *impl_->client;
}

// Where it can be had from, from now on.
void Pusher::Impl::remember(const storage::Image& image, const std::string& digest) {
  const std::string there = destination.name() + "@" + digest;
  if (std::ranges::find(image.repo_digests, there) != image.repo_digests.end()) return;
  storage::Image known = image;
  known.names.clear();
  known.repo_digests = {there};
  const storage::ImageStore images(store.layout);
  images.publish(known, images.config_bytes(image.id),
                 images.manifest_bytes(image.id, image.manifest_digest));
}

// All layers; as they are in the repository now.
std::vector<oci::Descriptor> Pusher::Impl::bring(const PushPlan& plan) {
  Cargo cargo = load(plan);
  const std::vector<BlobOutcome> outcomes = send(plan, cargo);
  std::vector<oci::Descriptor> layers;
  for (std::size_t i = 0; i < plan.layers.size(); ++i) {
    const std::size_t offer = cargo.offer_of[i];
    layers.push_back(offer == Cargo::kNotSent
                         ? plan.layers[i].original.value()
                         : descriptor_of(plan.layers[cargo.layer_of[offer]], outcomes[offer]));
  }
  remember(plan, cargo, outcomes);
  return layers;
}

oci::Descriptor Pusher::push_image(const storage::Image& image, const std::string& tag_or_digest) {
  Impl& self = *impl_;
  const PushPlan plan = plan_push(self.store, image, self.options, self.neighbours);
  const std::vector<oci::Descriptor> layers = self.bring(plan);
  const registry::Document manifest = self.put(plan, layers, tag_or_digest);
  const std::string digest = "sha256:" + hash::sha256(manifest.bytes);
  self.remember(image, digest);
  return {.media_type = manifest.media_type,
          .digest = oci::Digest::parse(digest),
          .size = static_cast<std::int64_t>(manifest.bytes.size()),
          .urls = {},
          .annotations = {},
          .platform = image.config.platform};
}

}  // namespace transfer
