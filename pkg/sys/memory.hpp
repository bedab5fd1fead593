#pragma once

#include <span>

#include <poll.h>

namespace sys {

// poll(2) for a process that may sleep for long: first gives back the memory that it does not need
// meanwhile. That is free heap, the unused part of the stack, and the pages of program text and
// constants, which come back from the page cache when they are touched again. Single-threaded
// processes only.
int poll_for_long(std::span<pollfd> polls, int timeout_ms);

}  // namespace sys
