#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace hash {

// Whether `signature` is one of `message` by the owner of a public key (PEM): ECDSA and RSA
// (PKCS #1 v1.5) over SHA-256, or Ed25519. False for any signature that is not. Throws base::Error
// when the key cannot be read or is of another kind.
bool is_signed(std::string_view message, std::string_view signature, const std::string& public_key);

// Signs in the same way with a private key (PEM, PKCS #8 or the older forms), encrypted or not.
// Throws base::Error without repeating anything of the key.
std::string sign(std::string_view message, const std::string& private_key,
                 const std::string& passphrase);

}  // namespace hash
