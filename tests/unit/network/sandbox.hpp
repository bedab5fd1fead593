#pragma once

#include "pkg/sys/child.hpp"
#include "pkg/sys/fd.hpp"

#include <functional>
#include <string>

namespace network_test {

// A folder of our own, gone at the end.
class Folder {
 public:
  Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder();
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// A user namespace with a network namespace in it, as a pod has them, made by an ordinary user.
class Namespaces {
 public:
  Namespaces();
  const sys::Fd& user() const { return user_; }
  const sys::Fd& net() const { return net_; }
  // Runs `work` in a process inside; its result is the exit status.
  sys::Child run(const std::function<int()>& work) const;

 private:
  sys::Fd user_;
  sys::Fd net_;
};

// Why this machine cannot have them; "" when it can. `helper` is a program that is needed too.
std::string missing(const std::string& helper);

// Runs `work` in a process of its own.
sys::Child fork_off(const std::function<int()>& work);

// Inside: answers each datagram or connection at the port with what it got, for ever.
int serve_tcp(int port);
int serve_udp(int port);
// Says `text` to the port and returns the answer; "" when there is none.
std::string ask_tcp(const std::string& address, int port, const std::string& text);
std::string ask_udp(const std::string& address, int port, const std::string& text);
// The same, until somebody answers (a few seconds at most).
std::string ask_until_answered(const std::string& protocol, const std::string& address, int port);

std::string first_resolver();  // of /etc/resolv.conf; "" without
int free_port();               // for TCP and UDP alike, as far as anyone can know
bool waits_until(const std::function<bool()>& condition);  // a few seconds at most

}  // namespace network_test
