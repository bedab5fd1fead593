#pragma once

#include "pkg/transfer/report.hpp"

#include <memory>
#include <string_view>

namespace pod_transfer {

// `verb` is a literal: "Pulling". Bars on a terminal, a line for each step without one, nothing
// when quiet. All on standard error: standard output is for image ids.
std::unique_ptr<transfer::Report> make_report(bool quiet, std::string_view verb = "Pulling");

}  // namespace pod_transfer
