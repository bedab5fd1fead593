#include "pkg/hash/signature.hpp"

#include "pkg/base/error.hpp"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <cstring>

namespace hash {
namespace {

template <auto kFree>
struct Free {
  template <typename T>
  void operator()(T* handle) const {
    (void)kFree(handle);
  }
};
using Bio = std::unique_ptr<BIO, Free<BIO_free>>;
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Context = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;

Bio open(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// Ed25519 takes the message as it is.
const EVP_MD* algorithm_of(const EVP_PKEY* key) {
  const int type = EVP_PKEY_get_base_id(key);
  if (type == EVP_PKEY_ED25519) return nullptr;
  if (type == EVP_PKEY_EC || type == EVP_PKEY_RSA) return EVP_sha256();
  throw base::Error("key: neither ECDSA nor RSA nor Ed25519");
}

const unsigned char* bytes_of(std::string_view text) {
  return static_cast<const unsigned char*>(static_cast<const void*>(text.data()));
}

int give_passphrase(char* room, int size, int /*is_writing*/, void* passphrase) {
  const auto& text = *static_cast<const std::string*>(passphrase);
  const int count = std::min(size, static_cast<int>(text.size()));
  std::memcpy(room, text.data(), static_cast<std::size_t>(count));
  return count;
}

Key read_private(const std::string& text, std::string passphrase) {
  for (const char* kind : {"ENCRYPTED SIGSTORE", "ENCRYPTED COSIGN"}) {
    if (text.find(kind) == std::string::npos) continue;
    throw base::Error(
        "private key: of cosign's own encrypted form; make one by `openssl genpkey -algorithm EC "
        "-pkeyopt ec_paramgen_curve:P-256`");
  }
  Key key(PEM_read_bio_PrivateKey(open(text).get(), nullptr, give_passphrase, &passphrase));
  if (key == nullptr) throw base::Error("private key: not PEM, or not of this passphrase");
  return key;
}

}  // namespace

bool is_signed(std::string_view message, std::string_view signature,
               const std::string& public_key) {
  const Key key(PEM_read_bio_PUBKEY(open(public_key).get(), nullptr, nullptr, nullptr));
  if (key == nullptr) throw base::Error("public key: not PEM");
  const Context context(EVP_MD_CTX_new());
  if (EVP_DigestVerifyInit(context.get(), nullptr, algorithm_of(key.get()), nullptr, key.get()) !=
      1) {
    throw base::Error("public key: libcrypto does not take it");
  }
  return EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(message),
                          message.size()) == 1;
}

std::string sign(std::string_view message, const std::string& private_key,
                 const std::string& passphrase) {
  const Key key = read_private(private_key, passphrase);
  const Context context(EVP_MD_CTX_new());
  std::size_t size = 0;
  const bool is_ready =
      EVP_DigestSignInit(context.get(), nullptr, algorithm_of(key.get()), nullptr, key.get()) ==
          1 &&
      EVP_DigestSign(context.get(), nullptr, &size, bytes_of(message), message.size()) == 1;
  std::string signature(size, '\0');
  auto* room = static_cast<unsigned char*>(static_cast<void*>(signature.data()));
  if (!is_ready ||
      EVP_DigestSign(context.get(), room, &size, bytes_of(message), message.size()) != 1) {
    throw base::Error("private key: libcrypto does not sign with it");
  }
  signature.resize(size);
  return signature;
}

}  // namespace hash
