#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/base/text.hpp"
#include "pkg/events/log.hpp"
#include "pkg/images/catalog.hpp"
#include "pkg/images/ensure.hpp"
#include "pkg/images/lists.hpp"
#include "storage/image_use.hpp"
#include "storage/trash.hpp"

#include <fmt/core.h>

namespace images {
namespace {

constexpr int kMissing = 1;
constexpr int kInUse = 2;

void refuse_if_used(const std::string& text, const std::vector<std::string>& used_by) {
  if (used_by.empty()) return;
  throw base::Error(fmt::format("{}: image is used by container {}; remove that first, or use "
                                "--force, which removes it, too",
                                text, base::join(used_by, ", ")),
                    kInUse);
}

void refuse_several_names(const storage::Image& image) {
  throw base::Error(fmt::format(
      "unable to delete image \"{}\" by ID with more than one tag ([{}]): please force removal",
      image.id, base::join(image.names, " ")));
}

// The image or list that is meant; of a list not the image for this host.
std::optional<Found> find_whole(const home::Home& home, const std::string& text) {
  if (auto list = find_list(home, text, true)) return Found{as_image(list->list), list->name};
  return find_named(home, text, true);
}

void note_removal(const home::Home& home, const storage::Image& image) {
  for (const std::string& name : image.names)
    events::note(home, "untag", {.type = "image", .id = image.id, .name = name});
  const std::string name = image.names.empty() ? image.id : image.names.front();
  events::note(home, "remove", {.type = "image", .id = image.id, .name = name});
}

// Looks and acts while nobody names, pulls or uses an image.
Removal remove_held(const home::Home& home, const std::string& text, bool force,
                    const std::function<std::vector<std::string>()>& used_by) {
  const storage::HeldImages held{storage::Layout(home)};
  const auto found = find_whole(home, text);
  if (!found) {
    if (force) return {};
    throw base::Error(text + ": image not known", kMissing);
  }
  require_own(found->image, text);
  const std::vector<std::string>& names = found->image.names;
  if (!found->name.empty() && names.size() > 1) {
    held.untag(found->name);
    events::note(home, "untag", {.type = "image", .id = found->image.id, .name = found->name});
    return {{found->name}, {}};
  }
  if (names.size() > 1 && !force) refuse_several_names(found->image);
  if (!found->image.is_list) refuse_if_used(text, used_by());
  held.remove(found->image.id);
  note_removal(home, found->image);
  return {names, {found->image.id}};
}

}  // namespace

Removal remove(const home::Home& home, const std::string& text, bool force,
               const std::function<std::vector<std::string>()>& used_by) {
  Removal removal = remove_held(home, text, force, used_by);
  if (!removal.deleted.empty()) storage::empty_trash(home);
  return removal;
}

}  // namespace images
