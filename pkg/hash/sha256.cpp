// The only door of OpenSSL's libcrypto.
#include "pkg/hash/sha256.hpp"

#include "pkg/base/error.hpp"

#include <fmt/core.h>
#include <openssl/evp.h>

#include <array>
#include <cstddef>

namespace hash {
namespace {

const EVP_MD* find_algorithm(std::string_view name) {
  if (name == "sha256") return EVP_sha256();
  if (name == "sha512") return EVP_sha512();
  throw base::Error(fmt::format("checksum {}: not one of sha256, sha512", name));
}

void require(int is_done) {
  if (is_done != 1) throw base::Error("checksum: libcrypto failed");
}

}  // namespace

struct Hasher::State {
  explicit State(const EVP_MD* chosen) : algorithm(chosen), context(EVP_MD_CTX_new()) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { EVP_MD_CTX_free(context); }

  const EVP_MD* algorithm;
  EVP_MD_CTX* context;
};

Hasher::Hasher(std::string_view algorithm)
    : state_(std::make_unique<State>(find_algorithm(algorithm))) {
  require(EVP_DigestInit_ex(state_->context, state_->algorithm, nullptr));
}

Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;
Hasher::~Hasher() = default;

void Hasher::update(std::string_view bytes) {
  require(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()));
}

std::string Hasher::finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> sum = {};
  unsigned size = 0;
  require(EVP_DigestFinal_ex(state_->context, sum.data(), &size));
  require(EVP_DigestInit_ex(state_->context, state_->algorithm, nullptr));

  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  hex.reserve(std::size_t{2} * size);
  for (unsigned i = 0; i < size; ++i) {
    hex += kDigits[sum.at(i) >> 4U];
    hex += kDigits[sum.at(i) & 15U];
  }
  return hex;
}

std::string sha256(std::string_view bytes) {
  Sha256 hasher;
  hasher.update(bytes);
  return hasher.finish();
}

std::string sha512(std::string_view bytes) {
  Sha512 hasher;
  hasher.update(bytes);
  return hasher.finish();
}

}  // namespace hash
