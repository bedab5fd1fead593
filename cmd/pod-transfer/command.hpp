#pragma once

#include "cmd/cli/options.hpp"

#include <span>
#include <string_view>

namespace pod_transfer {

struct Command {
  std::string_view name;  // "pull", "image load"
  int (*run)(const cli::Arguments& arguments);
};

// Each in its own file; in the order of the help.
int import_image(const cli::Arguments& arguments);

std::span<const Command> commands();

}  // namespace pod_transfer
