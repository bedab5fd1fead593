#pragma once

#include "pkg/base/json.hpp"
#include "pkg/containers/recruit.hpp"
#include "pkg/containers/sandbox.hpp"
#include "pkg/sys/fd.hpp"
#include "pkg/sys/lock.hpp"

#include <optional>

namespace containers {

// A connection to the monitor that looks after a sandbox, and the answer to a request.
struct Conversation {
  sys::Fd socket;
  base::Json answer;
};

// Asks the sandbox's monitor. When there is none, the recruit, or one enlisted now, becomes it; it
// outlives us. Throws base::Error with what the monitor answers as an error, and its status.
Conversation ask_or_start(const home::Home& home, const Sandbox& sandbox, const base::Json& request,
                          std::optional<Recruit> recruit = std::nullopt);

// The lock of who looks after the sandbox; nothing when somebody does.
std::optional<sys::Lock> try_lock_monitor(const Sandbox& sandbox);

// Asks the sandbox's monitor. Nothing when there is none, or when it is killed before it answers.
std::optional<Conversation> ask(const Sandbox& sandbox, const base::Json& request);

// Only sends it: the answer is to be received. Nothing when there is no monitor.
std::optional<sys::Fd> send_request(const Sandbox& sandbox, const base::Json& request);

}  // namespace containers
