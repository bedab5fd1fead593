#pragma once

#include "pkg/userns/ids.hpp"
#include "storage/layout.hpp"

#include <string>

namespace storage {

// How the second tree of a layer keeps the contents of its files.
enum class Form {
  Thin,   // not at all: overlay reads them from the layer itself, as its data layer
  Whole,  // as copies, which share blocks where the file system can
};

// A tree of the layer in which every file belongs to the session's id that a container with these
// ids sees as the owner that the image has. Made when it is missing, by one process at a time, from
// inside the session's namespace; kept in the layer's folder, whose fate it shares. Throws
// base::Error naming the file whose owner the container has no id for.
std::string shifted_tree(const Layout& layout, const std::string& layer, const userns::Ids& ids,
                         Form form);

}  // namespace storage
