#include "pkg/monitor/protocol.hpp"

#include "pkg/sys/socket.hpp"

namespace monitor {

bool send(const sys::Fd& socket, Kind kind, std::string_view bytes) {
  std::string message(1, static_cast<char>(kind));
  message += bytes;
  return sys::send_message(socket, message);
}

bool send(const sys::Fd& socket, const base::Json& json, std::span<const int> files) {
  return sys::send_message(socket, static_cast<char>(Kind::Json) + json.dump(), files);
}

std::optional<Packet> receive(const sys::Fd& socket) {
  auto message = sys::receive_message(socket);
  if (!message || message->bytes.empty()) return std::nullopt;
  return Packet{static_cast<Kind>(message->bytes.front()), message->bytes.substr(1),
                std::move(message->files)};
}

}  // namespace monitor
