#include "pkg/sys/memory.hpp"

#include <cstdint>

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

namespace sys {
namespace {

std::uintptr_t page_of(std::uintptr_t address) {
  return address & ~(static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE)) - 1);
}

void drop(std::uintptr_t begin, std::uintptr_t end) {
  // NOLINTNEXTLINE(performance-no-int-to-ptr): segments are given as numbers.
  ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

// Segments that were never writable hold what is in the file and nothing else. (Those made
// read-only after relocation lie in writable ones.)
int drop_segments(dl_phdr_info* object, std::size_t /*size*/, void* /*context*/) {
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const auto& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) continue;
    const std::uintptr_t begin = object->dlpi_addr + segment.p_vaddr;
    drop(page_of(begin), begin + segment.p_filesz);
  }
  return 0;
}

}  // namespace

void shed_memory() {
  ::malloc_trim(0);
  // What lies well below us on the stack was left by calls that have returned.
  constexpr std::uintptr_t kBelow = 16384;
  constexpr std::uintptr_t kDeepest = std::uintptr_t{4} << 20U;
  const char here = 0;
  const std::uintptr_t used = page_of(reinterpret_cast<std::uintptr_t>(&here) - kBelow);
  drop(used - kDeepest, used);
  ::dl_iterate_phdr(drop_segments, nullptr);
}

}  // namespace sys
