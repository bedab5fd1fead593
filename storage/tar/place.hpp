#pragma once

#include <string>
#include <string_view>

namespace tar {

// Where a member goes: its parent below the root ("" is the root) and its name ("" is the root
// itself). Absolute paths are relative ones. Throws base::Error for "..", which no honest archive
// has, and for paths that are too long.
struct Place {
  std::string parent;
  std::string name;

  std::string path() const { return parent.empty() ? name : parent + "/" + name; }
};
Place place_of(std::string_view path);

// A member's name for people: names are any bytes, and our messages end on terminals.
std::string shown(std::string_view name);

}  // namespace tar
