#pragma once

#include "storage/tar/decoder.hpp"

#include <cstddef>
#include <memory>
#include <string_view>

namespace tar {

// A compression whose streams may be several parts in a row that know nothing of each other:
// members of gzip (eStargz, cat a.gz b.gz), frames of zstd (zstd:chunked, pzstd).
struct PartFormat {
  // The size of the part at the beginning; 0 when its end is not in there. May be mistaken.
  std::size_t (*find_end)(std::string_view bytes);
  bool (*begins)(std::string_view bytes);
  // Inflates one part and takes no byte behind it.
  std::unique_ptr<Decoder> (*stream)(Feed feed);
  bool ends_with_padding = false;  // what is no part does not count
};

const PartFormat& gzip_parts();
const PartFormat& zstd_parts();

// Small parts are inflated side by side, on all processors; a large one as it comes.
std::unique_ptr<Decoder> make_parts_decoder(Feed feed, const PartFormat& format);

}  // namespace tar
