#pragma once

#include <curl/curl.h>

namespace registry {

// What a server has shown of itself; lives as long as connections to it.
struct Server {
  bool asks_for_certificate = false;  // when we had none to show
  bool has_answered = false;          // which it does to nobody who must have one and has none
};

// From the handshake of the connection that this handle makes. Does nothing where libcurl has its
// TLS from others than OpenSSL.
void note_certificate_request(CURL* handle, Server& server);

}  // namespace registry
