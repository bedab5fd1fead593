#pragma once

#include <string>
#include <string_view>

namespace tar {

// What a member's name says to the layers below; image-spec, layer.md, "Whiteouts".
struct Whiteout {
  enum class Kind { None, Hides, Opaque, Ignored };
  Kind kind = Kind::None;
  std::string_view hidden;  // Hides: the name that is gone
};

// `name` is the last component of a path. Throws base::Error for one that would hide "." or "..".
Whiteout parse_whiteout(std::string_view name);

}  // namespace tar
