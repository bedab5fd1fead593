#include "pkg/transfer/remote.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/json.hpp"
#include "pkg/base/log.hpp"
#include "pkg/registry/endpoints.hpp"
#include "pkg/sys/signals.hpp"
#include "pkg/transfer/names.hpp"
#include "pkg/transfer/packing.hpp"
#include "pkg/transfer/registry_blobs.hpp"
#include "pkg/transfer/ring.hpp"

#include <csignal>
#include <set>
#include <thread>
#include <utility>
#include <vector>

namespace transfer {
namespace {

constexpr std::size_t kBuffered = std::size_t{1} << 20U;

class FetchedSource : public tar::Source, private registry::Sink {
 public:
  FetchedSource(std::unique_ptr<registry::Client> client, oci::Descriptor blob)
      : client_(std::move(client)),
        blob_(std::move(blob)),
        ring_(kBuffered, [this] { client_->wake(); }),
        thread_([this] { run(); }) {}
  FetchedSource(const FetchedSource&) = delete;
  FetchedSource& operator=(const FetchedSource&) = delete;
  ~FetchedSource() override {
    is_given_up_ = true;
    ring_.abandon();
    thread_.join();
  }

  std::string_view read() override { return ring_.take(); }

 private:
  void run() {
    try {
      const registry::BlobRequest request = {.blob = blob_, .sink = this};
      client_->fetch({&request, 1}, [this] { check(); });
      ring_.close();
    } catch (...) {
      ring_.fail(std::current_exception());
    }
  }

  void check() const {
    if (is_given_up_) throw base::Error("given up");
  }

  bool accept(std::string_view bytes) override {
    check();
    return ring_.offer(bytes);
  }
  void finish() override {}

  std::unique_ptr<registry::Client> client_;
  oci::Descriptor blob_;
  Ring ring_;
  std::atomic<bool> is_given_up_ = false;
  std::thread thread_;  // last: it begins when all others are there
};

// What a manifest names, of whatever kind it is: configuration, layers, an artifact's blobs.
std::vector<oci::Descriptor> blobs_of(const base::Json& manifest) {
  std::vector<oci::Descriptor> blobs;
  std::set<std::string> seen;
  const auto add = [&](const base::Json& json) {
    oci::Descriptor blob = oci::Descriptor::parse(json);
    if (blob.urls.empty() && seen.insert(blob.digest.text()).second) {
      blobs.push_back(std::move(blob));
    }
  };
  if (const base::Json* config = manifest.find("config")) add(*config);
  for (const char* member : {"layers", "blobs"}) {
    for (const base::Json& one : manifest.array_or_none(member))
      add(one);
  }
  return blobs;
}

}  // namespace

Remote open_remote(const home::Home& home, const registry::Access& access,
                   const std::string& text) {
  const registry::Configuration configuration = read_configuration(home);
  std::string said;
  for (const oci::Reference& reference : complete(home, configuration, text)) {
    for (const registry::Endpoint& endpoint :
         registry::endpoints_of(configuration, reference, access)) {
      try {
        auto client = std::make_unique<registry::Client>(home, endpoint.reference, endpoint.access);
        const oci::Reference& there = endpoint.reference;
        registry::Document document =
            client->manifest(there.digest() ? there.digest()->text() : there.tag());
        return {reference, std::move(client), std::move(document)};
      } catch (const base::Error& error) {
        if (error.status() > 128) throw;
        base::log::info("{}", error.what());
        said += (said.empty() ? "" : "; ") + std::string(error.what());
      }
    }
  }
  throw base::Error(said);
}

std::unique_ptr<tar::Source> fetch_source(std::unique_ptr<registry::Client> client,
                                          const oci::Descriptor& blob) {
  return std::make_unique<FetchedSource>(std::move(client), blob);
}

// --creds are for the destination.
registry::Access RemoteCopy::access_for(const oci::Reference& from) const {
  registry::Access access = registry::access_to(read_configuration(home_), from, given_);
  access.also_read.clear();
  if (from.registry() != there_.registry()) access.creds.clear();
  return access;
}

RemoteCopy::RemoteCopy(const home::Home& home, registry::Access source,
                       registry::Client& destination, const oci::Reference& there)
    : home_(home), given_(std::move(source)), destination_(destination), there_(there) {}

void RemoteCopy::copy_blobs(const oci::Reference& from, const base::Json& manifest) {
  const bool is_neighbour = from.registry() == there_.registry();
  std::vector<registry::BlobOffer> offers;
  const std::vector<oci::Descriptor> blobs = blobs_of(manifest);
  for (const oci::Descriptor& blob : blobs) {
    registry::BlobOffer offer{.name = "blob " + blob.digest.text(),
                              .known = {{.blob = blob, .repositories = {}}},
                              .open = {},
                              .bytes = {}};
    if (is_neighbour) offer.known.front().repositories = {from.repository()};
    offer.open = [this, &blob, &from] {
      return pack({.open =
                       [this, &blob, &from] {
                         return fetch_source(
                             std::make_unique<registry::Client>(home_, from, source_), blob);
                       },
                   .squeeze = {.format = tar::Compression::None, .level = {}},
                   .wake = [this] { destination_.wake(); }});
    };
    offers.push_back(std::move(offer));
  }
  sys::SignalQueue signals({SIGINT, SIGTERM, SIGHUP});
  const auto outcomes = destination_.send(
      offers, [&](std::span<const registry::BlobSending>) { end_when_told(signals); });
  for (std::size_t i = 0; i < blobs.size(); ++i) {
    if (outcomes[i].digest == blobs[i].digest) continue;
    throw base::Error(from.name() + ": blob " + blobs[i].digest.text() +
                      ": wrong content: its digest is " + outcomes[i].digest.text());
  }
}

void RemoteCopy::copy(const oci::Reference& from, const std::string& digest) {
  if (from.name() == there_.name()) return;
  source_ = access_for(from);
  registry::Client client(home_, from, source_);
  const registry::Document document = client.manifest(digest);
  const base::Json json = base::Json::parse(document.bytes);
  for (const base::Json& child : json.array_or_none("manifests"))
    copy(from, child.at("digest").as_string());
  copy_blobs(from, json);
  registry::Document put = document;
  const std::string inside = json.string_or("mediaType", "");
  if (!inside.empty()) put.media_type = inside;
  destination_.put_manifest(digest, put);
}

}  // namespace transfer
