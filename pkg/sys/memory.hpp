#pragma once

namespace sys {

// Gives back the memory that a process about to sleep for long does not need: free heap, the unused
// part of the stack, and the pages of program text and constants, which come back from the page
// cache when they are touched again. Single-threaded processes only.
void shed_memory();

}  // namespace sys
