#pragma once

#include "pkg/base/json.hpp"
#include "pkg/sys/fd.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// What commands and a monitor say to each other over a SOCK_SEQPACKET socket, monitor.sock in the
// runtime folder of the pod or the standalone container. Each message begins with its kind.
//
//   command -> monitor                                 answer
//   {"do": "start", "id": I, "attach": B,              ok once the program runs, or error; with our
//    "streams": B}                                     own streams as files for it to have
//   {"do": "start-pod"}                                ok once all main containers run, or error
//   {"do": "attach", "id": I}                          ok, then output and, at the end, exit
//   {"do": "stop", "id": I, "timeout": S, "force": B}  ok with "killed" once it has ended; error
//                                                      when it is paused, unless by force
//   {"do": "kill", "id": I, "signal": N}               ok, or error when it does not run
//   {"do": "pause", "id": I}                           ok once all of it stands, or error
//   {"do": "unpause", "id": I}                         ok, or error when it is not paused
//   {"do": "update", "id": I}                          ok: its record has changed, and is read
//   again
//   {"do": "check", "id": I}                           ok with "status" and "result", the code of a
//                                                      health check, once it has ended, or error
//   {"do": "wait", "id": I}                            exit once it has ended
//   {"do": "resize", "id": I, "rows": R, "columns": C} none
//   input bytes, end of input                          none
namespace monitor {

enum class Kind : char {
  Json = 'j',
  Output = 'o',
  Errors = 'e',
  Input = 'i',
  InputEnd = 'z',
};

constexpr std::size_t kChunk = 32768;  // most bytes of a container's streams in one message

struct Packet {
  Kind kind = Kind::Json;
  std::string bytes;
  std::vector<sys::Fd> files;  // that came with it

  base::Json json() const { return base::Json::parse(bytes); }
};

// False when the other end is gone.
bool send(const sys::Fd& socket, Kind kind, std::string_view bytes);
bool send(const sys::Fd& socket, const base::Json& json, std::span<const int> files = {});
// Waits; nothing when the other end is gone.
std::optional<Packet> receive(const sys::Fd& socket);

constexpr const char* kSocketName = "monitor.sock";
constexpr const char* kLockName = "lock";

}  // namespace monitor
