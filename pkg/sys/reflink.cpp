#include "pkg/sys/reflink.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include <linux/fiemap.h>
#include <linux/fs.h>
#include <sys/ioctl.h>

namespace sys {
namespace {

constexpr std::uint64_t kPiece = std::uint64_t{16} << 20U;  // btrfs compares no more at once
constexpr std::uint32_t kExtents = 64;

struct Extent {
  std::uint64_t offset;
  std::uint64_t place;
  std::uint64_t length;

  friend bool operator==(const Extent&, const Extent&) = default;
};

// The first ones; nothing when the file system does not say where they are.
std::optional<std::vector<Extent>> first_extents(const Fd& file) {
  constexpr std::size_t kSize = sizeof(fiemap) + kExtents * sizeof(fiemap_extent);
  std::vector<std::uint64_t> memory(kSize / sizeof(std::uint64_t) + 1);
  auto* const map = reinterpret_cast<fiemap*>(memory.data());
  map->fm_length = FIEMAP_MAX_OFFSET;
  map->fm_flags = FIEMAP_FLAG_SYNC;
  map->fm_extent_count = kExtents;
  if (::ioctl(file.get(), FS_IOC_FIEMAP, map) != 0) return std::nullopt;
  std::vector<Extent> extents;
  for (std::uint32_t i = 0; i < map->fm_mapped_extents; ++i) {
    const fiemap_extent& each = map->fm_extents[i];
    if ((each.fe_flags & (FIEMAP_EXTENT_UNKNOWN | FIEMAP_EXTENT_DATA_INLINE)) != 0) {
      return std::nullopt;
    }
    extents.push_back({each.fe_logical, each.fe_physical, each.fe_length});
  }
  return extents;
}

// How many bytes from `offset` on are shared now; 0 when none.
std::uint64_t share_piece(const Fd& from, const Fd& to, std::uint64_t offset,
                          std::uint64_t length) {
  constexpr std::size_t kSize = sizeof(file_dedupe_range) + sizeof(file_dedupe_range_info);
  std::vector<std::uint64_t> memory(kSize / sizeof(std::uint64_t) + 1);
  auto* const range = reinterpret_cast<file_dedupe_range*>(memory.data());
  range->src_offset = offset;
  range->src_length = length;
  range->dest_count = 1;
  range->info[0].dest_fd = to.get();
  range->info[0].dest_offset = offset;
  if (::ioctl(from.get(), FIDEDUPERANGE, range) != 0) return 0;
  return range->info[0].status == FILE_DEDUPE_RANGE_SAME ? range->info[0].bytes_deduped : 0;
}

}  // namespace

bool clone_file(const Fd& from, const Fd& to) {
  return ::ioctl(to.get(), FICLONE, from.get()) == 0;
}

bool share_blocks(const Fd& from, const Fd& to, std::uint64_t size) {
  std::uint64_t offset = 0;
  while (offset < size) {
    const std::uint64_t shared = share_piece(from, to, offset, std::min(kPiece, size - offset));
    if (shared == 0) return false;
    offset += shared;
  }
  return true;
}

bool has_same_blocks(const Fd& one, const Fd& other) {
  const auto extents = first_extents(one);
  return extents && !extents->empty() && extents == first_extents(other);
}

}  // namespace sys
