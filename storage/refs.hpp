#pragma once

#include "storage/layout.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace storage {

// Names are one space for images and lists: refs/ has symbolic links to what they mean.

// All names by the id of what they mean, sorted.
using Names = std::map<std::string, std::vector<std::string>>;
Names read_names(const Layout& layout);
std::vector<std::string> names(const Layout& layout);
// What a complete name means; one readlink.
std::optional<std::string> find_id(const Layout& layout, const std::string& name);

// The name means what `path` holds from now on (a path that the layout gave). For who has the lock
// of `lock_images`.
void give_name(const Layout& layout, const std::string& path, const std::string& name);
// Somebody wants the image or list that `path` holds: for who decided before to remove it
// (HeldImages::is_newer).
void note_use(const std::string& path);
// Nothing has a name with this id any more. Likewise.
void take_names(const Layout& layout, const std::string& id);

}  // namespace storage
