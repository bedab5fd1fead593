#pragma once

#include <openssl/ssl.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace support {

// Names in lower case.
using Fields = std::map<std::string, std::string>;

// The first line and the header of a request or an answer.
struct Preamble {
  std::string first;
  Fields fields;
};

// One connection of HTTP/1.1, with TLS or without. Owns the socket.
class Stream {
 public:
  // The server's end when there is a context of certificates, and plain when there is none.
  static std::unique_ptr<Stream> accept(int socket, SSL_CTX* context);
  // The client's; trusts the authority in `ca_file` alone, plain when that is "".
  static std::unique_ptr<Stream> connect(int port, const std::string& ca_file);

  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream();

  bool read_preamble(Preamble& into);  // false: the other end is gone
  std::string read(std::size_t size);  // fewer bytes only at the end
  std::string read_chunks();           // a body of "Transfer-Encoding: chunked"
  bool write(std::string_view bytes);  // false: the other end is gone
  bool has_peer_certificate() const;

 private:
  explicit Stream(int socket) : socket_(socket) {}
  bool fill();

  int socket_;
  SSL_CTX* context_ = nullptr;  // the client's
  SSL* tls_ = nullptr;
  std::string buffer_;
};

// A server's certificate and key, made into what OpenSSL wants. The caller frees it.
SSL_CTX* make_server_context(const std::string& certificate_file, const std::string& key_file,
                             const std::string& client_authority_file);

}  // namespace support
