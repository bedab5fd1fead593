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

}  // namespace

Removal remove(const home::Home& home, const std::string& text, bool force,
               const std::function<std::vector<std::string>()>& used_by) {
  const auto found = find_named(home, text, true);
  if (!found) {
    if (force) return {};
    throw base::Error(text + ": image not known", kMissing);
  }
  const storage::ImageStore store{storage::Layout(home)};
  const std::vector<std::string>& names = found->image.names;
  if (!found->name.empty() && names.size() > 1) {
    store.untag(found->name);
    return {{found->name}, {}};
  }
  if (names.size() > 1 && !force) refuse_several_names(*found);
  storage::remove_image(storage::Layout(home), found->image.id,
                        [&] { refuse_if_used(text, used_by()); });
  storage::empty_trash(home);
  return {names, {found->image.id}};
}

}  // namespace images
