#pragma once

#include "storage/stack.hpp"

#include <string>

namespace storage {

// Copies what the stack shows as one tree into `target`, an empty folder: owners, modes, times,
// attributes and hard links as they are, whiteouts obeyed. Shares blocks where the file system can.
void copy_stack(const Stack& stack, const std::string& target);

}  // namespace storage
