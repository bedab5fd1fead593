#pragma once

#include "pkg/userns/ids.hpp"
#include "storage/layout.hpp"
#include "storage/overlay.hpp"
#include "storage/stack.hpp"

#include <string>

namespace storage {

// Trees in which every file belongs to the session's id that a container with these ids sees as the
// owner that the image has. Made when they are missing, by one process at a time, from inside the
// session's namespace; kept in the folder of a layer, whose fate they share. All throw base::Error
// naming the file whose owner the container has no id for.

// Of a whole image, without contents: overlay reads those from the layers, as its data layers.
// `layers` has their trees, topmost first; the top one's id stands for all of them.
std::string thin_tree(const Layout& layout, const std::string& top, const userns::Ids& ids,
                      const Stack& layers, OverlayCall call);

// Of one layer, with copies that share blocks where the file system can.
std::string whole_tree(const Layout& layout, const std::string& layer, const userns::Ids& ids);

}  // namespace storage
