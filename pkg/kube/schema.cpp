#include "pkg/kube/schema.hpp"

#include "pkg/base/text.hpp"

#include <fmt/core.h>

#include <deque>
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

// Where a field of this name stands nearest to the root: "spec.containers[]"; "" at the root
// itself.
std::optional<std::string> find_parent(std::string_view name, const Object& root) {
  struct Place {
    const Object* object;
    std::string path;
  };
  std::deque<Place> open = {{&root, ""}};
  std::set<const Object*> seen;
  while (!open.empty()) {
    const Place place = open.front();
    open.pop_front();
    if (!seen.insert(place.object).second) continue;
    if (find(*place.object, name) != nullptr) return place.path;
    for (const Object* part = place.object; part != nullptr; part = part->base) {
      for (const Field& field : part->fields) {
        if (field.object == nullptr) continue;
        open.push_back(
            {field.object, fmt::format("{}{}{}{}", place.path, place.path.empty() ? "" : ".",
                                       field.name, field.shape == Shape::Objects ? "[]" : "")});
      }
    }
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
