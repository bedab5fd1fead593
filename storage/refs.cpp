#include "storage/refs.hpp"

#include "pkg/base/time.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "storage/staging.hpp"

#include <algorithm>

#include <fcntl.h>
#include <sys/stat.h>

namespace storage {
namespace {

std::string id_of_link(const std::string& target) {
  return target.substr(target.rfind('/') + 1);
}

}  // namespace

Names read_names(const Layout& layout) {
  Names names;
  for (const std::string& file : sys::list_dir(layout.refs())) {
    const auto target = sys::find_link(layout.refs() + "/" + file);
    if (target) names[id_of_link(*target)].push_back(Layout::unescape_ref(file));
  }
  for (auto& [id, of_one] : names)
    std::ranges::sort(of_one);
  return names;
}

std::vector<std::string> names(const Layout& layout) {
  std::vector<std::string> names;
  for (const std::string& file : sys::list_dir(layout.refs()))
    names.push_back(Layout::unescape_ref(file));
  std::ranges::sort(names);
  return names;
}

std::optional<std::string> find_id(const Layout& layout, const std::string& name) {
  const auto target = sys::find_link(layout.ref(name));
  if (!target) return std::nullopt;
  return id_of_link(*target);
}

void give_name(const Layout& layout, const std::string& path, const std::string& name) {
  const Staged staged(layout);
  sys::make_link(".." + path.substr(layout.root().size()), staged.path() + "/ref");
  sys::rename_path(staged.path() + "/ref", layout.ref(name));
  note_use(path);
}

// The clock is the one that they read, not the kernel's coarser one.
void note_use(const std::string& path) {
  const base::Time now = base::now();
  const timespec time{.tv_sec = now / 1'000'000'000, .tv_nsec = now % 1'000'000'000};
  const timespec times[] = {time, time};
  ::utimensat(AT_FDCWD, path.c_str(), times, 0);
}

void take_names(const Layout& layout, const std::string& id) {
  const Names names = read_names(layout);
  const auto found = names.find(id);
  if (found == names.end()) return;
  for (const std::string& name : found->second)
    sys::remove_file(layout.ref(name));
}

}  // namespace storage
