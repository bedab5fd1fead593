#include "pkg/sys/memory.hpp"

#include <array>
#include <cstdint>

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

namespace sys {
namespace {

struct Range {
  std::uintptr_t begin = 0;
  std::size_t size = 0;
};

struct Ranges {
  std::array<Range, 32> items;
  std::size_t count = 0;

  void add(std::uintptr_t begin, std::uintptr_t end) {
    const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    begin &= ~(page - 1);
    if (count < items.size()) items.at(count++) = {begin, end - begin};
  }
};

// Segments that were never writable hold what is in the file and nothing else. (Those made
// read-only after relocation lie in writable ones.)
int add_segments(dl_phdr_info* object, std::size_t /*size*/, void* ranges) {
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const auto& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) continue;
    const std::uintptr_t begin = object->dlpi_addr + segment.p_vaddr;
    static_cast<Ranges*>(ranges)->add(begin, begin + segment.p_filesz);
  }
  return 0;
}

}  // namespace

// Everything is worked out first: what runs between dropping our own text and sleeping has to come
// back at once, 64 kB around each place, so that is this one function.
int poll_for_long(std::span<pollfd> polls, int timeout_ms) {
  constexpr std::uintptr_t kKept = 8192;  // below here on the stack: what this and poll(2) use
  constexpr std::uintptr_t kDeepest = std::uintptr_t{4} << 20U;
  Ranges ranges;
  const char here = 0;
  const std::uintptr_t used = reinterpret_cast<std::uintptr_t>(&here) - kKept;
  ranges.add(used - kDeepest, used & ~std::uintptr_t{4095});
  ::dl_iterate_phdr(add_segments, &ranges);
  ::malloc_trim(0);
  for (std::size_t i = 0; i < ranges.count; ++i) {
    // NOLINTNEXTLINE(performance-no-int-to-ptr): segments are given as numbers.
    ::madvise(reinterpret_cast<void*>(ranges.items[i].begin), ranges.items[i].size, MADV_DONTNEED);
  }
  return ::poll(polls.data(), polls.size(), timeout_ms);
}

}  // namespace sys
