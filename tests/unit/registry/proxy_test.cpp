#include "pkg/registry/proxy.hpp"

#include <gtest/gtest.h>

namespace {

constexpr auto kProxy = "http://proxy:3128";

registry::Proxies proxies(const char* none) {
  return {.http = "", .https = kProxy, .none = none};
}

TEST(Proxy, IsChosenByTheScheme) {
  EXPECT_EQ(proxies("").find("https", "quay.io", 443), kProxy);
  EXPECT_EQ(proxies("").find("http", "quay.io", 80), "");
}

TEST(Proxy, IsNeverAskedForThisMachine) {
  for (const char* host : {"localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]"}) {
    EXPECT_EQ(proxies("").find("https", host, 5000), "") << host;
  }
}

TEST(Proxy, IsLeftOutForWhatNoProxyCovers) {
  struct Case {
    const char* none;
    const char* host;
    int port;
  };
  const Case covered[] = {
      {"*", "quay.io", 443},
      {"example.com", "example.com", 443},
      {"example.com", "a.example.com", 443},
      {".example.com", "a.example.com", 443},
      {"*.example.com", "a.example.com", 443},
      {"other, Example.com:5000", "example.com", 5000},
      {"10.0.0.0/8", "10.200.3.4", 443},
      {"10.1.1.1", "10.1.1.1", 443},
      {"fd00::/8", "[fd12::1]", 443},
      {"[fd12::1]:5000", "[fd12::1]", 5000},
  };
  for (const Case& one : covered) {
    EXPECT_EQ(proxies(one.none).find("https", one.host, one.port), "") << one.none;
  }
}

TEST(Proxy, IsAskedForWhatNoProxyDoesNotCover) {
  struct Case {
    const char* none;
    const char* host;
    int port;
  };
  const Case others[] = {
      {"", "quay.io", 443},
      {"example.com", "badexample.com", 443},
      {".example.com", "example.com", 443},
      {"example.com:5000", "example.com", 443},
      {"10.0.0.0/8", "11.0.0.1", 443},
      {"10.0.0.0/999", "11.0.0.1", 443},
      {"10.0.0.0/8", "ten.example", 443},
      {" , ,", "quay.io", 443},
  };
  for (const Case& one : others) {
    EXPECT_EQ(proxies(one.none).find("https", one.host, one.port), kProxy) << one.none;
  }
}

}  // namespace
