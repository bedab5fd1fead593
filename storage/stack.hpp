#pragma once

#include <string>
#include <vector>

namespace storage {

// The trees that one root file system is put together from. Those of a layer are never written to.
struct Stack {
  std::vector<std::string> lowers;  // topmost first
  std::string upper;                // "" when nothing will be written
  std::string work;
  bool is_ephemeral = false;
  std::vector<std::string> data;  // where lowers find contents that they have not; topmost first
};

}  // namespace storage
