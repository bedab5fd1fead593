#pragma once

#include "pkg/sys/lock.hpp"
#include "storage/layout.hpp"

#include <functional>
#include <optional>
#include <string>

namespace storage {

// Held while what relies on an image becomes known, so that nobody removes it in between. Nothing
// when there is no such image.
std::optional<sys::Lock> hold_image(const Layout& layout, const std::string& id);

// ImageStore::remove, unless `check` throws because something relies on the image; nobody begins to
// meanwhile.
void remove_image(const Layout& layout, const std::string& id, const std::function<void()>& check);

}  // namespace storage
