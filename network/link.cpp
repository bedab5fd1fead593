#include "network/link.hpp"

#include "pkg/base/error.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>

namespace network {
namespace {

constexpr int kLoopbackIndex = 1;  // the kernel makes it first in each namespace
constexpr std::size_t kStack = std::size_t{16} << 10U;

struct Errand {
  int user = -1;
  int net = -1;
  int socket = -1;
  int error = 0;
};

// Runs in a process of its own that shares our memory and descriptors, but not our namespaces.
int open_socket(void* argument) {
  auto* errand = static_cast<Errand*>(argument);
  const bool needs_user = errand->user >= 0 && ::setns(errand->user, CLONE_NEWUSER) != 0;
  if (::setns(errand->net, CLONE_NEWNET) != 0) {
    errand->error = needs_user ? EPERM : errno;
    return 0;
  }
  errand->socket = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  errand->error = errno;
  return 0;
}

void check_answer(const sys::Fd& socket) {
  struct Answer {
    nlmsghdr header;
    nlmsgerr error;
  } answer{};
  if (::recv(socket.get(), &answer, sizeof answer, MSG_TRUNC) < 0) throw base::SysError("netlink");
  if (answer.header.nlmsg_type == NLMSG_ERROR && answer.error.error != 0) {
    throw base::SysError("netlink", -answer.error.error);
  }
}

}  // namespace

// A socket speaks for the namespace it was made in. We cannot go there ourselves and come back: the
// way back to the host's network would need rights over it. So a child goes, and leaves the socket
// in the table of descriptors that it shares with us. It ends without a signal (hence __WCLONE).
Link Link::open(const sys::Fd& user, const sys::Fd& net) {
  Errand errand{.user = user.get(), .net = net.get()};
  alignas(16) std::array<char, kStack> stack{};
  const int child = ::clone(open_socket, stack.data() + stack.size(),
                            CLONE_VM | CLONE_FILES | CLONE_VFORK, &errand);
  if (child < 0) throw base::SysError("clone");
  while (::waitpid(child, nullptr, __WCLONE) < 0 && errno == EINTR) {
  }
  if (errand.socket < 0) throw base::SysError("enter the network namespace", errand.error);
  return Link(sys::Fd(errand.socket));
}

void Link::start_loopback() {
  struct Request {
    nlmsghdr header;
    ifinfomsg link;
  } request{};
  request.header.nlmsg_len = sizeof request;
  request.header.nlmsg_type = RTM_NEWLINK;
  request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
  request.link.ifi_family = AF_UNSPEC;
  request.link.ifi_index = kLoopbackIndex;
  request.link.ifi_flags = IFF_UP;
  request.link.ifi_change = IFF_UP;
  if (::send(socket_.get(), &request, sizeof request, 0) < 0) throw base::SysError("netlink");
  check_answer(socket_);
}

void Link::watch_routes() {
  for (const int group : {RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE}) {
    if (::setsockopt(socket_.get(), SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof group) !=
        0) {
      throw base::SysError("netlink: watch routes");
    }
  }
}

int Link::next_default_route() {
  struct News {
    nlmsghdr header;
    rtmsg route;
  } news{};
  // One message a datagram; what follows the fixed part is of no interest and is cut off.
  const ssize_t size = ::recv(socket_.get(), &news, sizeof news, MSG_DONTWAIT);
  if (size < static_cast<ssize_t>(sizeof news) || news.header.nlmsg_type != RTM_NEWROUTE) return 0;
  const bool is_default = news.route.rtm_dst_len == 0 && news.route.rtm_type == RTN_UNICAST;
  return is_default ? news.route.rtm_family : 0;
}

}  // namespace network
