#pragma once

#include "pkg/base/error.hpp"
#include "pkg/runtime/plan.hpp"
#include "pkg/sys/fd.hpp"

#include <optional>

namespace runtime {

// Waits for the report pipe's end. Nothing when it ended with exec.
std::optional<Failure> read_failure(const sys::Fd& report);

// The next that the child has to say, AtHooks and AtGate too. Nothing when it has ended, or has got
// through its exec.
std::optional<Failure> next_report(const sys::Fd& report);

// One sentence, and the status that the field expects: 127 for a command that does not exist, 126
// for one that cannot be executed, 125 for all else.
base::Error to_error(const Failure& failure);

}  // namespace runtime
