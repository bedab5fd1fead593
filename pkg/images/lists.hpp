#pragma once

#include "pkg/home/home.hpp"
#include "pkg/oci/platform.hpp"
#include "storage/image_store.hpp"
#include "storage/list_store.hpp"

#include <optional>
#include <set>
#include <string>

namespace images {

// Manifest lists are named as images are and shown among them. Whoever needs one image of a list
// gets the one for this host.

// The list that a user means, by name or by the beginning of its id, and the complete name it was
// found by: "" when by id.
struct FoundList {
  storage::List list;
  std::string name;
};
std::optional<FoundList> find_list(const home::Home& home, const std::string& text,
                                   bool with_names = false);

// The image of a list for a platform. Nothing when the list has none or it is not here.
std::optional<storage::Image> find_instance(const storage::Layout& layout,
                                            const storage::List& list,
                                            const oci::Platform& platform);

// As `images` shows it: without layers.
storage::Image as_image(const storage::List& list);

// The ids of images that lists have.
std::set<std::string> instances_of(const std::vector<storage::List>& lists);

}  // namespace images
