#include "pkg/kube/schema.hpp"

#include "pkg/base/text.hpp"

#include <fmt/core.h>

#include <deque>
#include <optional>
#include <set>
#include <vector>

namespace kube::schema {
namespace {

std::vector<std::string> names(const Object& object) {
  std::vector<std::string> out;
  for (const Object* part = &object; part != nullptr; part = part->base) {
    for (const Field& field : part->fields)
      out.emplace_back(field.name);
  }
  return out;
}

struct Place {
  const Object* object;
  std::string path;
};

std::string below(const std::string& path, const Field& field) {
  return fmt::format("{}{}{}{}", path, path.empty() ? "" : ".", field.name,
                     field.shape == Shape::Objects ? "[]" : "");
}

void add_children(const Place& place, std::deque<Place>& open) {
  for (const Object* part = place.object; part != nullptr; part = part->base) {
    for (const Field& field : part->fields) {
      if (field.object != nullptr) open.push_back({field.object, below(place.path, field)});
    }
  }
}

// Where a field of this name stands nearest to the root: "spec.containers[]"; "" at the root
// itself.
std::optional<std::string> find_parent(std::string_view name, const Object& root) {
  std::deque<Place> open = {{&root, ""}};
  std::set<const Object*> seen;
  for (; !open.empty(); open.pop_front()) {
    const Place place = open.front();
    if (!seen.insert(place.object).second) continue;
    if (find(*place.object, name) != nullptr) return place.path;
    add_children(place, open);
  }
  return std::nullopt;
}

}  // namespace

const Field* find(const Object& object, std::string_view name) {
  for (const Object* part = &object; part != nullptr; part = part->base) {
    for (const Field& field : part->fields) {
      if (field.name == name) return &field;
    }
  }
  return nullptr;
}

std::string suggest(const Object& object, std::string_view name, const Object& root) {
  const std::vector<std::string> known = names(object);
  if (const auto near = base::suggest(name, known)) {
    return fmt::format("; did you mean {}?", *near);
  }
  const auto parent = find_parent(name, root);
  if (!parent) return "";
  return parent->empty() ? "; it belongs at the top" : "; it belongs in " + *parent;
}

}  // namespace kube::schema
