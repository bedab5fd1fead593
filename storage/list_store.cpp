#include "storage/list_store.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/base/log.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "storage/durable.hpp"
#include "storage/image_use.hpp"
#include "storage/refs.hpp"
#include "storage/staging.hpp"

#include <fmt/core.h>

namespace storage {
namespace {

bool is_id(const std::string& text) {
  constexpr std::size_t kDigits = 64;
  return text.size() == kDigits && base::is_id_prefix(text);
}

std::string text_of(const List& list) {
  base::Json json = base::Json::object(
      {{"id", list.id}, {"created", list.created}, {"digest", list.digest}, {"size", list.size}});
  json["annotations"] = base::Json::object();
  for (const auto& [key, value] : list.annotations)
    json["annotations"][key] = value;
  json["entries"] = base::Json::array();
  for (const List::Entry& entry : list.entries) {
    base::Json one = base::Json::object({{"descriptor", entry.descriptor}});
    if (!entry.image.empty()) one["image"] = entry.image;
    if (!entry.repository.empty()) one["repository"] = entry.repository;
    json["entries"].push_back(std::move(one));
  }
  return json.dump(2) + "\n";
}

List parse_list(std::string_view text) {
  const base::Json json = base::Json::parse(text);
  List list;
  list.id = json.at("id").as_string();
  list.created = json.integer_or("created", 0);
  list.digest = json.string_or("digest", "");
  list.size = json.integer_or("size", 0);
  for (const auto& [key, value] : json.object_or_none("annotations"))
    list.annotations[key] = value.as_string();
  for (const base::Json& one : json.array_or_none("entries")) {
    list.entries.push_back({.descriptor = one.at("descriptor"),
                            .image = one.string_or("image", ""),
                            .repository = one.string_or("repository", "")});
  }
  return list;
}

}  // namespace

std::string List::Entry::digest() const {
  return descriptor.string_or("digest", "");
}

std::optional<List> ListStore::find(const std::string& id, bool with_names) const try {
  if (!is_id(id)) return std::nullopt;
  const auto text = sys::find_file(layout_.list(id));
  if (!text) return std::nullopt;
  List list = parse_list(*text);
  if (with_names) list.names = read_names(layout_)[id];
  return list;
} catch (base::Error& error) {
  error.during("list " + base::short_id(id));
  throw;
}

std::vector<std::string> ListStore::ids() const {
  std::vector<std::string> ids = sys::list_dir(layout_.lists());
  std::erase_if(ids, [](const std::string& id) { return !is_id(id); });
  return ids;
}

// One damaged list shall not hide the others.
std::vector<List> ListStore::list() const {
  std::vector<List> lists;
  const std::vector<std::string> all = ids();
  if (all.empty()) return lists;
  Names names = read_names(layout_);
  for (const std::string& id : all) {
    try {
      auto found = find(id);
      if (!found) continue;
      found->names = std::move(names[id]);
      lists.push_back(std::move(*found));
    } catch (const base::Error& error) {
      base::log::warn("{}", error.what());
    }
  }
  return lists;
}

void ListStore::save(const List& list) const {
  layout_.prepare();
  sys::make_dirs(layout_.lists(), 0700);
  replace_record(layout_, layout_.list(list.id), text_of(list));
}

void ListStore::tag(const std::string& id, const std::string& name) const {
  const sys::Lock lock = lock_images(layout_);
  if (!sys::exists(layout_.list(id))) {
    throw base::Error(fmt::format("tag {}: list {} is gone", name, base::short_id(id)));
  }
  give_name(layout_, layout_.list(id), name);
  make_durable(layout_.refs());
}

bool ListStore::remove(const std::string& id) const {
  const HeldImages held(layout_);
  if (!sys::exists(layout_.list(id))) return false;
  held.remove(id);
  return true;
}

}  // namespace storage
