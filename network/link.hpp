#pragma once

#include "pkg/sys/fd.hpp"

#include <cstdint>

namespace network {

// A conversation with the kernel about one network namespace; see rtnetlink(7). It goes on wherever
// this process is.
class Link {
 public:
  // Of the namespace `net`, which belongs to the user namespace `user` (ours if there is none).
  // Throws base::SysError.
  static Link open(const sys::Fd& user, const sys::Fd& net);

  // Brings the loopback device up.
  void start_loopback();

  // From now on routes that appear are kept for `next_default_route`.
  void watch_routes();
  // The address family of a default route that appeared since; 0: none of what the kernel had to
  // say was one.
  int next_default_route();

  const sys::Fd& file() const { return socket_; }  // readable when routes have appeared

 private:
  explicit Link(sys::Fd socket) : socket_(std::move(socket)) {}

  sys::Fd socket_;
};

}  // namespace network
