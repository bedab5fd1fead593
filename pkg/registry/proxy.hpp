#pragma once

#include <string>

namespace registry {

// What the environment says about proxies, small or capital letters.
struct Proxies {
  std::string http;   // http_proxy
  std::string https;  // https_proxy
  std::string none;   // no_proxy: "*", names, .names, addresses, networks; each may have a :port

  static Proxies read();

  // The proxy for a request, "" for none. As everybody in this field does it (Go's
  // golang.org/x/net/http/httpproxy): this very machine is never asked for through a proxy.
  std::string find(const std::string& scheme, const std::string& host, int port) const;
};

bool is_loopback(const std::string& host);  // localhost, 127.0.0.0/8, ::1 (in brackets or not)

}  // namespace registry
