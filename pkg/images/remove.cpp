#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/base/text.hpp"
#include "pkg/images/catalog.hpp"
#include "pkg/images/ensure.hpp"
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

void refuse_several_names(const Found& found) {
  throw base::Error(fmt::format(
      "unable to delete image \"{}\" by ID with more than one tag ([{}]): please force removal",
      found.image.id, base::join(found.image.names, " ")));
}

// Looks and acts while nobody names, pulls or uses an image.
Removal remove_held(const home::Home& home, const std::string& text, bool force,
                    const std::function<std::vector<std::string>()>& used_by) {
  const storage::HeldImages held{storage::Layout(home)};
  const auto found = find_named(home, text, true);
  if (!found) {
    if (force) return {};
    throw base::Error(text + ": image not known", kMissing);
  }
  const std::vector<std::string>& names = found->image.names;
  if (!found->name.empty() && names.size() > 1) {
    held.untag(found->name);
    return {{found->name}, {}};
  }
  if (names.size() > 1 && !force) refuse_several_names(*found);
  refuse_if_used(text, used_by());
  held.remove(found->image.id);
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
