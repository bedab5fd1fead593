#pragma once

#include "pkg/sys/fd.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Sockets between our own processes: SOCK_SEQPACKET, so a message arrives whole or not at all.
namespace sys {

std::pair<Fd, Fd> make_socket_pair();

// Listens at directory/name, whatever the length of the path (sun_path holds 108 bytes only).
Fd listen_at(const std::string& directory, const std::string& name);
// The same for a stream of bytes, for others than us. `accept_from` takes who is there already.
Fd listen_stream_at(const std::string& directory, const std::string& name);
// Nothing when nobody listens there.
std::optional<Fd> connect_to(const std::string& directory, const std::string& name);
// A stream of bytes to whoever else listens at `path`, such as systemd; nothing when nobody does or
// they do not let us. Neither reading nor writing waits longer than `seconds`.
std::optional<Fd> connect_stream(const std::string& path, int seconds);
// Takes such messages at directory/name, from everybody.
Fd receive_at(const std::string& directory, const std::string& name);
// For messages to a service, such as journald, that answers nothing; nothing when nobody listens.
// "@" in front is for a name that is in no folder; see unix(7).
std::optional<Fd> connect_datagram(const std::string& path);
std::optional<Fd> accept_from(const Fd& listener);  // does not wait

struct Message {
  std::string bytes;
  std::vector<Fd> files;
};

// False when the other end is gone, or, with `wait` false, when its buffer is full (errno EAGAIN).
bool send_message(const Fd& socket, std::string_view bytes, std::span<const int> files = {},
                  bool wait = true);
// Waits for a message; nothing when the other end is gone. Messages over 64 KiB are cut.
std::optional<Message> receive_message(const Fd& socket);

}  // namespace sys
