#pragma once

#include "pkg/containers/sandbox.hpp"
#include "pkg/home/home.hpp"
#include "pkg/sys/fd.hpp"
#include "pkg/sys/lock.hpp"

namespace containers {

// A monitor on its way: a process that enters the user's namespace before it is known what it will
// look after. That takes a while (newuidmap and newgidmap run), in which its caller makes the
// container. It ends by itself when nothing comes of it.
class Recruit {
 public:
  // So many descriptors of the caller's from 3 on are for the first container that it starts.
  // Throws base::SysError when no process can be made; what goes wrong in it is its first answer.
  static Recruit enlist(const home::Home& home, unsigned kept_files = 0);

  // Makes it the sandbox's monitor, by giving it the lock and the socket that commands reach it by.
  // Returns the connection to it.
  sys::Fd adopt(const Sandbox& sandbox, const sys::Lock& lock, const sys::Fd& listener) &&;

 private:
  explicit Recruit(sys::Fd socket) : socket_(std::move(socket)) {}

  sys::Fd socket_;
};

}  // namespace containers
