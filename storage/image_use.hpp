#pragma once

#include "pkg/base/time.hpp"
#include "pkg/sys/lock.hpp"
#include "storage/layout.hpp"

#include <optional>
#include <string>

namespace storage {

// Held while what relies on an image becomes known, so that nobody removes it in between. Nothing
// when there is no such image.
std::optional<sys::Lock> hold_image(const Layout& layout, const std::string& id);

// Names, images and layers hold still until this goes: who decides by what is there does so, and
// acts, under it, lest an image be taken that somebody pulled, named or used in between. Nothing is
// to be waited for meanwhile.
class HeldImages {
 public:
  explicit HeldImages(Layout layout);

  // False when there was no such name.
  bool untag(const std::string& name) const;
  // As ImageStore::remove, or as ListStore::remove when it is a list; nothing when it is gone.
  void remove(const std::string& id) const;
  // Pulled, made or named later than that, even if it was there before.
  bool is_newer(const std::string& id, base::Time moment) const;

 private:
  Layout layout_;
  sys::Lock lock_;
};

}  // namespace storage
