#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/base/time.hpp"
#include "pkg/events/log.hpp"
#include "pkg/images/catalog.hpp"
#include "pkg/images/ensure.hpp"
#include "pkg/images/lists.hpp"
#include "pkg/oci/reference.hpp"
#include "storage/all_images.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>

#include <fnmatch.h>

namespace images {
namespace {

// One "key=value", with what it needs of the store looked up once.
struct Filter {
  std::string key;
  std::string value;
  base::Time moment = 0;                // until, before, since
  bool wanted = false;                  // dangling, readonly, intermediate, manifest
  std::set<std::string> dangling = {};  // ids
};

bool is_moment(const std::string& key) {
  return key == "before" || key == "since" || key == "after";
}

bool is_switch(const std::string& key) {
  return key == "dangling" || key == "readonly" || key == "intermediate" || key == "manifest";
}

bool is_known(const std::string& key) {
  const auto others = {"reference", "label", "label!", "id", "until", "digest"};
  return is_moment(key) || is_switch(key) || std::ranges::count(others, key) != 0;
}

// What has no name and is in no list.
std::set<std::string> dangling_ids(const std::vector<storage::Image>& images,
                                   const std::set<std::string>& in_lists) {
  std::set<std::string> ids;
  for (const storage::Image& image : images) {
    if (image.names.empty() && !in_lists.contains(image.id)) ids.insert(image.id);
  }
  return ids;
}

Filter parse_filter(const home::Home& home, const std::string& text) {
  const auto [key, value] = base::split_once(text, '=');
  if (!is_known(key)) throw base::Error(fmt::format("filter {}: images have no such filter", text));
  if (!value) throw base::Error(fmt::format("filter {}: expected {}=VALUE", text, key));
  Filter filter{key, *value};
  if (key == "until") filter.moment = base::parse_moment(*value);
  if (is_moment(key)) {
    const auto list = find_list(home, *value);
    const auto image = list ? std::optional(as_image(list->list)) : find(home, *value);
    if (!image) throw base::Error(fmt::format("filter {}: image not known", text));
    filter.moment = image->config.created;
  }
  if (is_switch(key)) {
    const auto wanted = base::parse_bool(*value);
    if (!wanted) throw base::Error(fmt::format("filter {}: expected true or false", text));
    filter.wanted = *wanted;
  }
  return filter;
}

// A pattern may stand for the whole name or leave out its beginning and its tag.
bool fits_name(const std::string& pattern, const std::string& name) {
  const std::string bare = name.substr(0, name.rfind(':'));
  for (const std::string& whole : {name, bare}) {
    std::string rest = whole;
    while (true) {
      if (::fnmatch(pattern.c_str(), rest.c_str(), FNM_PATHNAME) == 0) return true;
      const std::size_t slash = rest.find('/');
      if (slash == std::string::npos) break;
      rest.erase(0, slash + 1);
    }
  }
  return false;
}

bool has_label(const storage::Image& image, const std::string& text) {
  const auto [key, value] = base::split_once(text, '=');
  const auto found = image.config.labels.find(key);
  return found != image.config.labels.end() && (!value || found->second == *value);
}

bool fits_reference(const storage::Image& image, const std::string& pattern) {
  return std::ranges::any_of(image.names,
                             [&](const std::string& name) { return fits_name(pattern, name); });
}

std::string without_algorithm(const std::string& digest) {
  return digest.starts_with("sha256:") ? digest.substr(7) : digest;
}

bool has_digest(const storage::Image& image, const std::string& digits) {
  if (without_algorithm(image.manifest_digest).starts_with(digits)) return true;
  return std::ranges::any_of(image.repo_digests, [&](const std::string& known) {
    return without_algorithm(known.substr(known.find('@') + 1)).starts_with(digits);
  });
}

bool fits(const storage::Image& image, const Filter& filter) {
  const std::string& key = filter.key;
  if (key == "dangling") return filter.dangling.contains(image.id) == filter.wanted;
  if (key == "reference") return fits_reference(image, filter.value);
  if (key == "label") return has_label(image, filter.value);
  if (key == "label!") return !has_label(image, filter.value);
  if (key == "id") return image.id.starts_with(without_algorithm(filter.value));
  if (key == "digest") {
    return has_digest(image, without_algorithm(filter.value));
  }
  if (key == "manifest") return image.is_list == filter.wanted;
  if (key == "until" || key == "before") return image.config.created < filter.moment;
  if (key == "since" || key == "after") return image.config.created > filter.moment;
  if (key == "readonly") return !image.store.empty() == filter.wanted;
  return !filter.wanted;  // no image is only in between
}

// Filters of one key are alternatives, but for labels.
bool fits_all(const storage::Image& image, const std::vector<Filter>& filters) {
  std::map<std::string, bool> by_key;
  for (const Filter& filter : filters) {
    const bool is_fit = fits(image, filter);
    const bool is_label = filter.key.starts_with("label");
    const auto [known, is_new] = by_key.emplace(filter.key, is_fit);
    if (!is_new) known->second = is_label ? known->second && is_fit : known->second || is_fit;
  }
  return std::ranges::all_of(by_key, [](const auto& one) { return one.second; });
}

// Who looks for names is shown those that fit, and no others of the same image.
void keep_fitting_names(storage::Image& image, const std::vector<Filter>& filters) {
  const auto is_wanted = [&](const std::string& name) {
    return std::ranges::any_of(filters, [&](const Filter& filter) {
      return filter.key == "reference" && fits_name(filter.value, name);
    });
  };
  std::erase_if(image.names, [&](const std::string& name) { return !is_wanted(name); });
}

}  // namespace

std::vector<storage::Image> list(const home::Home& home, const std::vector<std::string>& filters) {
  std::vector<Filter> parsed;
  parsed.reserve(filters.size());
  for (const std::string& text : filters)
    parsed.push_back(parse_filter(home, text));
  const std::vector<storage::List> lists = storage::ListStore(storage::Layout(home)).list();
  std::vector<storage::Image> images = storage::AllImages(home).list();
  for (const storage::List& one : lists)
    images.push_back(as_image(one));
  for (Filter& filter : parsed) {
    if (filter.key == "dangling") filter.dangling = dangling_ids(images, instances_of(lists));
  }
  std::erase_if(images, [&](const storage::Image& image) { return !fits_all(image, parsed); });
  const bool names_names =
      std::ranges::any_of(parsed, [](const Filter& filter) { return filter.key == "reference"; });
  for (storage::Image& image : images) {
    if (names_names) keep_fitting_names(image, parsed);
  }
  std::ranges::stable_sort(images, [](const storage::Image& a, const storage::Image& b) {
    return a.config.created > b.config.created;
  });
  return images;
}

void require_own(const storage::Image& image, const std::string& text) {
  if (image.store.empty()) return;
  throw base::Error(
      fmt::format("{}: the image lies in the additional store {}, which is only read; "
                  "`pod image import-store --from {} {}` copies it here",
                  text, image.store, image.store, text));
}

void tag(const home::Home& home, const std::string& image, const std::string& name) {
  const storage::Layout layout(home);
  if (const auto list = find_list(home, image)) {
    storage::ListStore(layout).tag(list->list.id, local_name(name));
    return events::note(home, "tag",
                        {.type = "image", .id = list->list.id, .name = local_name(name)});
  }
  const auto found = find(home, image);
  if (!found) throw base::Error(image + ": image not known");
  require_own(*found, image);
  const std::string complete = local_name(name);
  storage::ImageStore(layout).tag(found->id, complete);
  events::note(home, "tag", {.type = "image", .id = found->id, .name = complete});
}

}  // namespace images
