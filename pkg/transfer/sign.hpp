#pragma once

#include "pkg/home/home.hpp"
#include "pkg/oci/reference.hpp"
#include "pkg/registry/client.hpp"

#include <string>

namespace transfer {

struct SigningKey {
  std::string file;           // of a private key, PEM; "": do not sign
  std::string passphrase;     // "": not encrypted
  std::string private_bytes;  // of the file
};

// Reads the key's file and, unless "", that of its passphrase; finds out now rather than after a
// push whether one can sign with them. Nothing without a key. Throws base::Error.
void read_key(SigningKey& key, const std::string& passphrase_file);

// Signs the manifest of this digest, which the registry has by that name, in sigstore's way: the
// signature is kept beside it under the tag sha256-HEX.sig, together with those that are there.
// `client` is one that pushes.
void sign_manifest(registry::Client& client, const oci::Reference& name, const oci::Digest& digest,
                   const SigningKey& key);

// The same for what a registry has by a complete name; the digest that was signed.
std::string sign_image(const home::Home& home, const std::string& name, registry::Access access,
                       const SigningKey& key);

}  // namespace transfer
