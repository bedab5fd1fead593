#pragma once

#include <cstdint>
#include <string>

// What a test asks over the network of the host.
namespace support {

// A port of 127.0.0.1 that nobody had a moment ago.
std::uint16_t free_port();

// Whether somebody accepts connections at 127.0.0.1.
bool is_listening(std::uint16_t port);

// Connects to 127.0.0.1, sends a line, and returns all that comes back; asks again until something
// comes or the time is over.
std::string ask_tcp(std::uint16_t port, double seconds = 5);
std::string ask_udp(std::uint16_t port, double seconds = 5);

// A port of 127.0.0.1 where everybody is let in and nobody gets an answer.
class SilentPort {
 public:
  SilentPort();
  SilentPort(const SilentPort&) = delete;
  SilentPort& operator=(const SilentPort&) = delete;
  ~SilentPort();

  std::string address() const;
  // Waits until somebody has come.
  bool is_asked(double seconds = 5) const;

 private:
  int socket_ = -1;
};

}  // namespace support
