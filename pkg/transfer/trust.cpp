// A signature in sigstore's way is a blob that says which digest goes by which name, its signature
// an annotation of the layer that the blob is in a manifest of its own. See cosign's
// specs/SIGNATURE_SPEC.md and containers-signature(5).
#include "pkg/transfer/trust.hpp"

#include "pkg/base/base64.hpp"
#include "pkg/base/error.hpp"
#include "pkg/hash/signature.hpp"
#include "pkg/oci/manifest.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/transfer/sigstore.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <variant>

namespace transfer {
namespace {

constexpr std::size_t kMostSignatures = 64;

struct Signature {
  std::string payload;
  std::string bytes;
};

std::vector<Signature> fetch_signatures(registry::Client& client, const std::string& digest) {
  const registry::Document document = client.manifest(sigstore_tag(digest));
  const auto parsed = oci::parse_manifest(document.bytes, document.media_type);
  const auto* manifest = std::get_if<oci::Manifest>(&parsed);
  std::vector<Signature> signatures;
  if (manifest == nullptr) return signatures;
  for (const oci::Descriptor& layer : manifest->layers) {
    const auto text = layer.annotations.find(kSigstoreSignature);
    if (layer.media_type != kSigstorePayload || text == layer.annotations.end()) continue;
    const auto bytes = base::base64_decode(text->second);
    if (!bytes || signatures.size() == kMostSignatures) continue;
    signatures.push_back({.payload = client.blob(layer), .bytes = *bytes});
  }
  return signatures;
}

// What a payload that was found to be signed says; "" when that is just what is wanted.
std::string judge_claim(const std::string& payload, const registry::Identity& identity,
                        const oci::Reference& wanted, const std::string& digest) try {
  const base::Json critical = base::Json::parse(payload).at("critical");
  if (critical.at("type").as_string() != kSigstoreClaim) return "it is of another type";
  const std::string signed_digest = critical.at("image").at("docker-manifest-digest").as_string();
  if (signed_digest != digest) return "it is for " + signed_digest;
  const std::string name = critical.at("identity").at("docker-reference").as_string();
  return identity.fits(wanted, name) ? "" : "it is for the name " + name;
} catch (const base::Error& error) {
  return error.what();
}

// Why no signature of this digest will do; nothing when one does.
std::optional<std::string> judge(const registry::Requirement& requirement,
                                 const std::vector<std::string>& keys, registry::Client& client,
                                 const oci::Reference& wanted, const std::string& digest) {
  std::string reason = "none is there";
  for (const Signature& signature : fetch_signatures(client, digest)) {
    const bool is_ours = std::any_of(keys.begin(), keys.end(), [&](const std::string& key) {
      return hash::is_signed(signature.payload, signature.bytes, key);
    });
    if (!is_ours) {
      reason = "it is by another key";
      continue;
    }
    reason = judge_claim(signature.payload, requirement.identity, wanted, digest);
    if (reason.empty()) return std::nullopt;
  }
  return reason;
}

void require_sigstore(const registry::Requirement& requirement, registry::Client& client,
                      const oci::Reference& wanted, const std::vector<std::string>& digests) {
  if (!requirement.unsupported.empty()) {
    throw base::Error("sigstoreSigned with " + requirement.unsupported +
                      " is not supported: only signatures by keys can be verified");
  }
  std::vector<std::string> keys = requirement.keys;
  for (const std::string& file : requirement.key_files)
    keys.push_back(sys::read_file(file));
  std::string reasons;
  for (auto digest = digests.rbegin(); digest != digests.rend(); ++digest) {
    std::optional<std::string> reason;
    try {
      reason = judge(requirement, keys, client, wanted, *digest);
    } catch (const base::Error& error) {
      reason = error.what();
    }
    if (!reason) return;
    if (reasons.find(*reason) == std::string::npos) {
      reasons += (reasons.empty() ? "" : "; ") + *reason;
    }
  }
  throw base::Error("a signature is required: " + reasons);
}

void require(const registry::Requirement& requirement, registry::Client& client,
             const oci::Reference& wanted, const std::vector<std::string>& digests) {
  using Kind = registry::Requirement::Kind;
  if (requirement.kind == Kind::Reject) throw base::Error("such images are rejected");
  if (requirement.kind == Kind::SimpleSigned) {
    throw base::Error(
        "a GPG signature is required (signedBy), which cannot be verified here; "
        "sigstoreSigned can");
  }
  if (requirement.kind == Kind::SigstoreSigned) {
    require_sigstore(requirement, client, wanted, digests);
  }
}

}  // namespace

void require_trusted(const registry::Policy& policy, registry::Client& client,
                     const oci::Reference& wanted, const std::vector<std::string>& digests) try {
  for (const registry::Requirement& requirement : policy.for_image(wanted))
    require(requirement, client, wanted, digests);
} catch (base::Error& error) {
  error.during("refused by " + policy.file());
  throw;
}

void require_trusted(const registry::Policy& policy, const std::string& transport) {
  using Kind = registry::Requirement::Kind;
  for (const registry::Requirement& requirement : policy.for_transport(transport)) {
    if (requirement.kind == Kind::Accept) continue;
    throw base::Error(fmt::format("refused by {}: {}", policy.file(),
                                  requirement.kind == Kind::Reject
                                      ? transport + " is rejected"
                                      : "a signature is required, and " + transport + " has none"));
  }
}

}  // namespace transfer
