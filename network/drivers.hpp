#pragma once

#include "network/network.hpp"

#include <memory>
#include <string>

// One function per way to connect; `connect` chooses among them.
namespace network {

struct Request {
  const Config& config;
  const sys::Fd& user;
  const sys::Fd& net;
  std::string log;  // path of network.log
};

std::unique_ptr<Connection> connect_host();
std::unique_ptr<Connection> connect_none(const Request& request);
std::unique_ptr<Connection> connect_pasta(const Request& request);
std::unique_ptr<Connection> connect_slirp4netns(const Request& request);

// How long a helper may take to connect a namespace before we call it a failure.
constexpr int kPatienceMs = 10000;

}  // namespace network
