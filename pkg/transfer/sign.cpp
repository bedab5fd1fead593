#include "pkg/transfer/sign.hpp"

#include "pkg/base/base64.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/base/text.hpp"
#include "pkg/hash/sha256.hpp"
#include "pkg/hash/signature.hpp"
#include "pkg/oci/manifest.hpp"
#include "pkg/registry/endpoints.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/transfer/names.hpp"
#include "pkg/transfer/sigstore.hpp"

#include <variant>
#include <vector>

namespace transfer {
namespace {

constexpr const char* kManifestType = "application/vnd.oci.image.manifest.v1+json";
constexpr const char* kConfigType = "application/vnd.oci.image.config.v1+json";

oci::Descriptor descriptor_of(const std::string& type, const std::string& bytes) {
  return {.media_type = type,
          .digest = oci::Digest::sha256(hash::sha256(bytes)),
          .size = static_cast<std::int64_t>(bytes.size()),
          .urls = {},
          .annotations = {},
          .platform = {}};
}

std::string payload_of(const oci::Reference& name, const oci::Digest& digest) {
  base::Json critical = base::Json::object(
      {{"identity", base::Json::object({{"docker-reference", name.text()}})},
       {"image", base::Json::object({{"docker-manifest-digest", digest.text()}})},
       {"type", kSigstoreClaim}});
  const base::Json optional = base::Json::object({{"creator", "pod/" POD_VERSION}});
  return base::Json::object({{"critical", std::move(critical)}, {"optional", optional}}).dump();
}

// The layers of the signatures that are there already; none is no error.
std::vector<oci::Descriptor> known_signatures(registry::Client& client, const std::string& tag) {
  try {
    const registry::Document document = client.manifest(tag);
    auto parsed = oci::parse_manifest(document.bytes, document.media_type);
    if (auto* manifest = std::get_if<oci::Manifest>(&parsed)) return std::move(manifest->layers);
  } catch (const base::Error& error) {
    base::log::debug("no signatures yet: {}", error.what());
  }
  return {};
}

}  // namespace

void read_key(SigningKey& key, const std::string& passphrase_file) {
  if (key.file.empty()) return;
  if (!passphrase_file.empty()) key.passphrase = base::trim(sys::read_file(passphrase_file));
  key.private_bytes = sys::read_file(key.file);
  try {
    hash::sign("a trial", key.private_bytes, key.passphrase);
  } catch (base::Error& error) {
    error.during(key.file);
    throw;
  }
}

void sign_manifest(registry::Client& client, const oci::Reference& name, const oci::Digest& digest,
                   const SigningKey& key) {
  const std::string payload = payload_of(name, digest);
  const std::string signature = hash::sign(payload, key.private_bytes, key.passphrase);
  const std::string tag = sigstore_tag(digest.text());
  std::vector<oci::Descriptor> layers = known_signatures(client, tag);
  layers.push_back(descriptor_of(kSigstorePayload, payload));
  layers.back().annotations[kSigstoreSignature] = base::base64_encode(signature);

  base::Json diff_ids = base::Json::array();
  for (const oci::Descriptor& layer : layers)
    diff_ids.push_back(layer.digest.text());
  const std::string config =
      base::Json::object(
          {{"architecture", ""},
           {"os", ""},
           {"config", base::Json::object()},
           {"rootfs", base::Json::object({{"type", "layers"}, {"diff_ids", diff_ids}})}})
          .dump();
  base::Json manifest = base::Json::object({{"schemaVersion", 2}, {"mediaType", kManifestType}});
  manifest["config"] = descriptor_of(kConfigType, config).json();
  manifest["layers"] = base::Json::array();
  for (const oci::Descriptor& layer : layers)
    manifest["layers"].push_back(layer.json());

  const registry::BlobOffer offers[] = {
      {.name = "signature", .known = {{layers.back(), {}}}, .open = {}, .bytes = payload},
      {.name = "signature's config",
       .known = {{descriptor_of(kConfigType, config), {}}},
       .open = {},
       .bytes = config}};
  client.send(offers, {});
  client.put_manifest(tag, {.bytes = manifest.dump(), .media_type = kManifestType});
}

std::string sign_image(const home::Home& home, const std::string& name, registry::Access access,
                       const SigningKey& key) try {
  const registry::Configuration configuration = read_configuration(home);
  const oci::Reference reference = complete(home, configuration, name).front();
  access = registry::access_to(configuration, reference, access);
  access.is_for_push = true;
  registry::Client client(home, reference, access);
  const std::string named = reference.digest() ? reference.digest()->text() : reference.tag();
  const registry::Document document = client.manifest(named);
  const auto digest =
      reference.digest() ? *reference.digest() : oci::Digest::sha256(hash::sha256(document.bytes));
  sign_manifest(client, reference, digest, key);
  return digest.text();
} catch (base::Error& error) {
  if (!std::string_view(error.what()).starts_with(name + ":")) error.during(name);
  throw;
}

}  // namespace transfer
