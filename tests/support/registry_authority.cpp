#include "tests/support/registry_authority.hpp"

#include "pkg/base/id.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>
#include <stdexcept>
#include <utility>

namespace support {
namespace {

template <auto kFree>
struct Free {
  template <typename T>
  void operator()(T* object) const {
    (void)kFree(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using File = std::unique_ptr<std::FILE, Free<std::fclose>>;

struct Identity {
  Key key;
  Certificate certificate;
};

void require(bool is_done, const char* what) {
  if (!is_done) throw std::runtime_error(std::string("test certificates: ") + what);
}

void add_extension(X509* certificate, X509* issuer, int kind, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value);
  require(extension != nullptr, value);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

Identity make_identity(const std::string& name, const char* alternatives, const Identity* issuer) {
  Identity made = {Key(EVP_EC_gen("P-256")), Certificate(X509_new())};
  require(made.key != nullptr, "no key");
  X509* certificate = made.certificate.get();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate),
                          std::stoull(base::make_id().substr(0, 15), nullptr, 16));
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 24L * 3600L);
  X509_set_pubkey(certificate, made.key.get());
  const std::basic_string<unsigned char> text(name.begin(), name.end());
  X509_NAME* subject = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, text.c_str(), -1, -1, 0);
  X509* signer = issuer != nullptr ? issuer->certificate.get() : certificate;
  X509_set_issuer_name(certificate, X509_get_subject_name(signer));
  add_extension(certificate, signer, NID_basic_constraints,
                issuer == nullptr ? "critical,CA:TRUE" : "CA:FALSE");
  if (alternatives != nullptr) {
    add_extension(certificate, signer, NID_subject_alt_name, alternatives);
  }
  EVP_PKEY* key = issuer != nullptr ? issuer->key.get() : made.key.get();
  require(X509_sign(certificate, key, EVP_sha256()) > 0, "not signed");
  return made;
}

void write_certificate(const std::string& path, const Identity& identity) {
  const File file(std::fopen(path.c_str(), "we"));
  require(file != nullptr && PEM_write_X509(file.get(), identity.certificate.get()) == 1,
          "no file");
}

void write_key(const std::string& path, const Identity& identity) {
  const File file(std::fopen(path.c_str(), "we"));
  require(file != nullptr && PEM_write_PrivateKey(file.get(), identity.key.get(), nullptr, nullptr,
                                                  0, nullptr, nullptr) == 1,
          "no file");
}

}  // namespace

Authority::Authority(std::string folder) : folder_(std::move(folder)) {
  const Identity root = make_identity("Private " + base::make_id().substr(0, 8), nullptr, nullptr);
  const Identity server = make_identity("localhost", "DNS:localhost,IP:127.0.0.1,IP:::1", &root);
  const Identity client = make_identity("somebody", nullptr, &root);
  write_certificate(authority(), root);
  write_certificate(server_certificate(), server);
  write_key(server_key(), server);
  write_certificate(client_certificate(), client);
  write_key(client_key(), client);
}

}  // namespace support
