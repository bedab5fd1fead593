#include "tests/support/registry_stream.hpp"

#include "pkg/base/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace support {

SSL_CTX* make_server_context(const std::string& certificate_file, const std::string& key_file,
                             const std::string& client_authority_file) {
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  if (SSL_CTX_use_certificate_chain_file(context, certificate_file.c_str()) != 1 ||
      SSL_CTX_use_PrivateKey_file(context, key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    throw std::runtime_error("test registry: unusable certificate " + certificate_file);
  }
  if (!client_authority_file.empty()) {
    SSL_CTX_load_verify_locations(context, client_authority_file.c_str(), nullptr);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);  // asked for, but not demanded
    constexpr unsigned char kName[] = {'t'};
    SSL_CTX_set_session_id_context(context, kName, sizeof kName);
  }
  return context;
}

std::unique_ptr<Stream> Stream::accept(int socket, SSL_CTX* context) {
  std::unique_ptr<Stream> stream(new Stream(socket));
  const int yes = 1;  // heads and bodies are written one after the other
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (context == nullptr) return stream;
  stream->tls_ = SSL_new(context);
  SSL_set_fd(stream->tls_, socket);
  if (SSL_accept(stream->tls_) != 1) return nullptr;
  return stream;
}

std::unique_ptr<Stream> Stream::connect(int port, const std::string& ca_file) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::unique_ptr<Stream> stream(new Stream(socket));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const void* any = &address;
  if (::connect(socket, static_cast<const sockaddr*>(any), sizeof address) != 0) return nullptr;
  if (ca_file.empty()) return stream;
  stream->context_ = SSL_CTX_new(TLS_client_method());
  SSL_CTX_load_verify_locations(stream->context_, ca_file.c_str(), nullptr);
  SSL_CTX_set_verify(stream->context_, SSL_VERIFY_PEER, nullptr);
  stream->tls_ = SSL_new(stream->context_);
  SSL_set_fd(stream->tls_, socket);
  if (SSL_connect(stream->tls_) != 1) return nullptr;
  return stream;
}

Stream::~Stream() {
  if (tls_ != nullptr) SSL_free(tls_);
  if (context_ != nullptr) SSL_CTX_free(context_);
  ::close(socket_);
}

bool Stream::has_peer_certificate() const {
  return tls_ != nullptr && SSL_get0_peer_certificate(tls_) != nullptr;
}

bool Stream::fill() {
  std::array<char, 16384> bytes = {};
  const auto count = tls_ != nullptr
                         ? static_cast<ssize_t>(SSL_read(tls_, bytes.data(), int{bytes.size()}))
                         : ::read(socket_, bytes.data(), bytes.size());
  if (count <= 0) return false;
  buffer_.append(bytes.data(), static_cast<std::size_t>(count));
  return true;
}

bool Stream::read_preamble(Preamble& into) {
  constexpr std::string_view kEnd = "\r\n\r\n";
  while (buffer_.find(kEnd) == std::string::npos) {
    if (!fill()) return false;
    if (buffer_.front() == '\x16') {  // somebody speaks TLS; as Go's server answers it
      write("HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTPS request to an HTTP server.\n");
      return false;
    }
  }
  const std::size_t end = buffer_.find(kEnd);
  const auto lines = base::split(std::string_view(buffer_).substr(0, end), '\n');
  into = {.first = std::string(base::trim(lines.front())), .fields = {}};
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto [name, value] = base::split_once(lines[i], ':');
    into.fields[base::lower(name)] = base::trim(value.value_or(""));
  }
  buffer_.erase(0, end + kEnd.size());
  return true;
}

std::string Stream::read(std::size_t size) {
  while (buffer_.size() < size && fill()) {
  }
  std::string bytes = buffer_.substr(0, size);
  buffer_.erase(0, bytes.size());
  return bytes;
}

std::string Stream::read_chunks() {
  std::string body;
  while (true) {
    while (buffer_.find("\r\n") == std::string::npos) {
      if (!fill()) return body;
    }
    constexpr int kHex = 16;
    const std::size_t size = std::strtoul(buffer_.c_str(), nullptr, kHex);
    buffer_.erase(0, buffer_.find("\r\n") + 2);
    body += read(size);
    read(2);
    if (size == 0) return body;
  }
}

bool Stream::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t most = std::min<std::size_t>(bytes.size(), 65536);
    const auto count =
        tls_ != nullptr
            ? static_cast<ssize_t>(SSL_write(tls_, bytes.data(), static_cast<int>(most)))
            : ::send(socket_, bytes.data(), most, MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace support
