#include "cmd/cli/template_value.hpp"

#include "cmd/cli/template_print.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>

namespace cli {
namespace {

using base::Json;

// In Go these are maps: they print as maps, and a key that is not there is no error.
// In small letters: JSON and templates write some of them in different ones.
constexpr std::string_view kMaps[] = {
    "annotations", "attributes",   "data",         "driveropts", "exposedports", "graphoptions",
    "graphstatus", "ipamoptions",  "ipam_options", "label",      "labels",       "networks",
    "options",     "portbindings", "ports",        "registries", "storageopt",   "status",
    "sysctl",      "sysctls",      "tmpfs",        "volumes"};
constexpr std::string_view kMapsOfLists[] = {"portbindings", "ports"};

bool contains(const auto& names, std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

std::string_view without_call(std::string_view name) {
  return is_method(name) ? name.substr(0, name.size() - 2) : name;
}

// "created_by" is "CreatedBy" in a template.
std::string plain(std::string_view name) {
  std::string text = base::lower(without_call(name));
  text.erase(std::remove(text.begin(), text.end(), '_'), text.end());
  return text;
}

std::string names_of(const Json& object) {
  std::vector<std::string> names;
  for (const auto& [member, value] : object.as_object()) {
    const std::string name(without_call(member));
    if (!contains(names, name)) names.push_back(name);
  }
  return base::join(names, ", ");
}

Value member(const Json::Member& member) {
  const Json* const time = is_method(member.first) ? member.second.find("time()") : nullptr;
  return time == nullptr ? Value(member.second, member.first) : Value(*time, "Time");
}

Value find_member(const Json& object, const std::string& name) {
  const std::string wanted = plain(name);
  const Json::Member* found = nullptr;
  for (const Json::Member& each : object.as_object()) {
    if (is_method(each.first) && without_call(each.first) == name) return member(each);
    if (each.first == name || (found == nullptr && plain(each.first) == wanted)) found = &each;
  }
  return found == nullptr ? Value() : member(*found);
}

bool holds_only_texts(const Json::Object& members) {
  return std::all_of(members.begin(), members.end(),
                     [](const Json::Member& each) { return each.second.is_string(); });
}

// What a map has under a key that is not there.
Value zero_of(Value map) {
  static const Json kNone;
  static const Json kEmptyText("");
  if (contains(kMapsOfLists, base::lower(without_call(map.name())))) return Value(kNone, "List");
  return holds_only_texts(map.json().as_object()) ? Value(kEmptyText) : Value();
}

Value index_object(Value value, Value key) {
  if (!key.is_string()) {
    throw base::Error(fmt::format("value has type {}; should be string", type_of(key)));
  }
  for (const Json::Member& each : value.json().as_object()) {
    if (each.first == key.json().as_string()) return member(each);
  }
  return zero_of(value);
}

// Keys in their order, and methods left out.
std::vector<std::pair<Json, Value>> items_of_object(const Json& object) {
  std::vector<std::pair<Json, Value>> items;
  for (const Json::Member& each : object.as_object()) {
    if (!is_method(each.first)) items.emplace_back(each.first, member(each));
  }
  std::sort(items.begin(), items.end(),
            [](const auto& a, const auto& b) { return a.first.as_string() < b.first.as_string(); });
  return items;
}

}  // namespace

bool Value::is_map() const {
  return contains(kMaps, base::lower(without_call(name_)));
}

bool is_method(std::string_view member) {
  return member.ends_with("()");
}

bool is_true(Value value) {
  if (value.is_nil()) return false;
  const Json& json = value.json();
  if (value.is_bool()) return json.as_bool();
  if (value.is_number()) return json.as_number() < 0 || json.as_number() > 0;
  if (value.is_string()) return !json.as_string().empty();
  if (value.is_array()) return !json.as_array().empty();
  return !value.is_map() || !json.as_object().empty();
}

std::string type_of(Value value) {
  if (!value.exists()) return "<nil>";
  const Json& json = value.json();
  if (value.is_string()) return "string";
  if (value.is_bool()) return "bool";
  if (value.is_integer()) return json.is_large() ? "uint64" : "int";
  if (value.is_number()) return "float64";
  if (value.is_object() && !value.is_map()) {
    return value.name().empty() ? "struct" : std::string(without_call(value.name()));
  }
  if (value.is_map()) {
    const bool has_texts = json.is_null() || holds_only_texts(json.as_object());
    return has_texts ? "map[string]string" : "map[string]interface {}";
  }
  if (json.is_null()) return "[]string";
  const Json::Array& all = json.as_array();
  const auto are = [&](auto is) { return std::all_of(all.begin(), all.end(), is); };
  if (are([](const Json& each) { return each.is_string(); })) return "[]string";
  return are([](const Json& each) { return each.is_integer(); }) ? "[]int" : "[]interface {}";
}

Value field_of(Value object, const std::string& name) {
  static const Json kNothing("");
  if (!object.exists()) return {};
  // What is absent has absent members: `.State.Health.Status` of a container without checks.
  if (object.is_nil()) return object.is_map() ? Value() : Value(kNothing);
  if (object.is_object()) {
    if (object.is_map()) {
      const Json* const found = object.json().find(name);
      return found == nullptr ? Value() : Value(*found, name);
    }
    const Value found = find_member(object.json(), name);
    if (found.exists()) return found;
  }
  const std::string fields =
      object.is_object() ? fmt::format("; there are {}", names_of(object.json())) : "";
  throw base::Error(
      fmt::format("can't evaluate field {} in type {}{}", name, type_of(object), fields));
}

Value index_of(Value value, Value key) {
  if (!value.exists()) throw base::Error("index of untyped nil");
  if (value.is_nil() && value.is_map()) {
    static const Json kEmpty = Json::object();
    return zero_of(Value(kEmpty, value.name()));
  }
  if (value.is_object()) return index_object(value, key);
  static const Json::Array kNone;
  if (!value.is_array() && !value.is_nil()) {
    throw base::Error(fmt::format("can't index item of type {}", type_of(value)));
  }
  if (!key.is_integer()) {
    throw base::Error(fmt::format("cannot index slice/array with type {}", type_of(key)));
  }
  const Json::Array& all = value.is_nil() ? kNone : value.json().as_array();
  const std::int64_t at = key.json().is_large() ? -1 : key.json().as_integer();
  if (at < 0 || at >= static_cast<std::int64_t>(all.size())) {
    throw base::Error(fmt::format("index out of range: {}", at));
  }
  return Value(all[static_cast<std::size_t>(at)]);
}

std::vector<std::pair<Json, Value>> items_of(Value value) {
  if (value.is_nil()) return {};
  if (value.is_object()) return items_of_object(value.json());
  if (!value.is_array()) {
    throw base::Error(fmt::format("range can't iterate over {}", print_text(value)));
  }
  std::vector<std::pair<Json, Value>> items;
  for (const Json& element : value.json().as_array())
    items.emplace_back(static_cast<std::int64_t>(items.size()), Value(element));
  return items;
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the data.
Json without_methods(Value value) {
  if (value.is_array()) {
    Json::Array elements;
    for (const Json& element : value.json().as_array())
      elements.push_back(without_methods(Value(element)));
    return elements;
  }
  if (!value.is_object()) return value.exists() ? value.json() : Json();
  Json::Object members;
  for (const Json::Member& each : value.json().as_object()) {
    if (!is_method(each.first)) members.emplace_back(each.first, without_methods(member(each)));
  }
  const auto is_before = [](const auto& a, const auto& b) { return a.first < b.first; };
  if (value.is_map()) std::sort(members.begin(), members.end(), is_before);
  return members;
}

Json without_methods(const Json& value) {
  return without_methods(Value(value));
}

}  // namespace cli
