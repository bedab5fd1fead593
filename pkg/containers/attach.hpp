#pragma once

#include "pkg/containers/lifecycle.hpp"
#include "pkg/sys/fd.hpp"
#include "pkg/sys/signals.hpp"

#include <optional>
#include <string>

namespace containers {

// "ctrl-p,ctrl-q" as the bytes that arrive, "" for none. Throws base::Error.
std::string parse_detach_keys(const std::string& text);

// Carries bytes between our streams and a monitor's socket until the container ends or the keys to
// detach are typed. Returns its exit code; nothing when detached, or when the monitor was killed.
struct Relayed {
  std::optional<int> exit_code;
  bool is_detached = false;
};
Relayed relay(const sys::Fd& socket, const Container& container, const Streams& streams,
              sys::SignalQueue& signals);

// The same between our streams and a terminal's master side, until the process ends; false when
// detached.
bool relay_terminal(const sys::Fd& terminal, const sys::Fd& process, const Streams& streams);

}  // namespace containers
