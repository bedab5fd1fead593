#include "storage/list_store.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "storage/staging.hpp"

namespace storage {
namespace {

std::string text_of(const List& list) {
  base::Json json = base::Json::object({{"id", list.id}, {"name", list.name}});
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
  List list{.id = json.at("id").as_string(),
            .name = json.at("name").as_string(),
            .annotations = {},
            .entries = {}};
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

std::optional<List> ListStore::find(const std::string& name) const try {
  const auto text = sys::find_file(layout_.list(name));
  if (!text) return std::nullopt;
  return parse_list(*text);
} catch (base::Error& error) {
  error.during("list " + name);
  throw;
}

std::vector<List> ListStore::list() const {
  std::vector<List> lists;
  for (const std::string& file : sys::list_dir(layout_.lists())) {
    try {
      if (auto found = find(Layout::unescape_ref(file))) lists.push_back(std::move(*found));
    } catch (const base::Error& error) {
      base::log::warn("{}", error.what());
    }
  }
  return lists;
}

void ListStore::save(const List& list) const {
  layout_.prepare();
  sys::make_dirs(layout_.lists(), 0700);
  replace_record(layout_, layout_.list(list.name), text_of(list));
}

bool ListStore::remove(const std::string& name) const {
  return sys::remove_file(layout_.list(name));
}

}  // namespace storage
