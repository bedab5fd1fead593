// Who has no certificate where one is demanded learns it from an alert. With TLS 1.3 it comes when
// the handshake is over for us: the server hangs up right after it, and whether it is read before
// writing the request fails is a matter of luck. That a certificate was asked for is said within
// the handshake, which is never lost; OpenSSL tells it by asking for one.
#include "pkg/registry/http_tls.hpp"

#include <openssl/ssl.h>

#include <string_view>

namespace registry {
namespace {

bool is_openssl() {
  const char* library = curl_version_info(CURLVERSION_NOW)->ssl_version;
  return library != nullptr && std::string_view(library).starts_with("OpenSSL/");
}

int server_index() {
  static const int kIndex = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return kIndex;
}

// Asked only when no certificate was set. See SSL_CTX_set_client_cert_cb(3).
int on_request(SSL* connection, X509** /*certificate*/, EVP_PKEY** /*key*/) {
  void* server = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), server_index());
  if (server != nullptr) static_cast<Server*>(server)->asks_for_certificate = true;
  return 0;  // goes on without one
}

CURLcode on_context(CURL* /*handle*/, void* context, void* server) {
  auto* made = static_cast<SSL_CTX*>(context);
  SSL_CTX_set_ex_data(made, server_index(), server);
  SSL_CTX_set_client_cert_cb(made, &on_request);
  return CURLE_OK;
}

}  // namespace

void note_certificate_request(CURL* handle, Server& server) {
  static const bool kIsOpenSsl = is_openssl();
  if (!kIsOpenSsl) return;
  curl_easy_setopt(handle, CURLOPT_SSL_CTX_FUNCTION, &on_context);
  curl_easy_setopt(handle, CURLOPT_SSL_CTX_DATA, static_cast<void*>(&server));
}

}  // namespace registry
