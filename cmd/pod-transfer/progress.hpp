#pragma once

#include "pkg/transfer/report.hpp"

#include <memory>

namespace pod_transfer {

// Bars on a terminal, a line for each step without one, nothing when quiet. All on standard error:
// standard output is for image ids.
std::unique_ptr<transfer::Report> make_report(bool quiet);

}  // namespace pod_transfer
