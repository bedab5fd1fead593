#pragma once

#include <cstddef>

// Where a ustar header has what; tar(5).
namespace tar {

struct Field {
  std::size_t at;
  std::size_t size;
};

constexpr Field kName{0, 100};
constexpr Field kMode{100, 8};
constexpr Field kUid{108, 8};
constexpr Field kGid{116, 8};
constexpr Field kSize{124, 12};
constexpr Field kMtime{136, 12};
constexpr Field kChecksum{148, 8};
constexpr std::size_t kType = 156;
constexpr Field kLink{157, 100};
constexpr Field kMagic{257, 6};
constexpr Field kMagicAndVersion{257, 8};
constexpr Field kPrefix{345, 155};
constexpr Field kStarPrefix{345, 131};  // times follow it
constexpr Field kStarMagic{508, 4};

}  // namespace tar
