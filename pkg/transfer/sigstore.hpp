#pragma once

#include <string>

namespace transfer {

// The words of sigstore's signatures; cosign's specs/SIGNATURE_SPEC.md.
constexpr const char* kSigstorePayload = "application/vnd.dev.cosign.simplesigning.v1+json";
constexpr const char* kSigstoreSignature = "dev.cosignproject.cosign/signature";
constexpr const char* kSigstoreClaim = "cosign container image signature";

// Where those of a manifest are kept: "sha256-HEX.sig".
inline std::string sigstore_tag(const std::string& digest) {
  std::string tag = digest + ".sig";
  tag[tag.find(':')] = '-';
  return tag;
}

}  // namespace transfer
