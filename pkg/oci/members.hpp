#pragma once

#include "pkg/base/error.hpp"
#include "pkg/base/json.hpp"

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

// Reading and writing members of the runtime configuration. For the sources of this room.
namespace oci {

// Members that have nothing to say are left out, so that the file can be read.
inline void put(base::Json& json, const char* key, base::Json value) {
  const bool is_empty = value.is_null() || (value.is_string() && value.as_string().empty()) ||
                        (value.is_array() && value.as_array().empty()) ||
                        (value.is_object() && value.as_object().empty()) ||
                        (value.is_bool() && !value.as_bool());
  if (!is_empty) json[key] = std::move(value);
}

template <typename Number>
void put_number(base::Json& json, const char* key, const std::optional<Number>& value) {
  if (value) json[key] = base::Json(*value);
}

// The member, null when it is missing.
const base::Json& member(const base::Json& json, const char* key);

// Throws base::Error when it does not fit into a Number.
template <typename Number>
Number number_of(const base::Json& json) {
  if constexpr (sizeof(Number) == 8 && std::is_unsigned_v<Number>) {
    // What was written before there were numbers of 64 bits without a sign.
    if (json.is_integer() && json.as_integer() == -1) return std::numeric_limits<Number>::max();
    return json.as_unsigned();
  } else {
    const std::int64_t value = json.as_integer();
    if (!std::in_range<Number>(value)) {
      throw base::Error(std::to_string(value) + ": out of range");
    }
    return static_cast<Number>(value);
  }
}

template <typename Number>
std::optional<Number> find_number(const base::Json& json, const char* key) try {
  const base::Json& value = member(json, key);
  if (value.is_null()) return std::nullopt;
  return number_of<Number>(value);
} catch (base::Error& error) {
  error.during(key);
  throw;
}

template <typename Number>
Number number_or(const base::Json& json, const char* key, Number fallback) {
  return find_number<Number>(json, key).value_or(fallback);
}

// What is wrong with an element is told with its place: "mounts[2].destination: missing".
template <typename Item>
std::vector<Item> parse_list(const base::Json& json, const char* key,
                             Item (*parse)(const base::Json&)) {
  std::vector<Item> items;
  for (const base::Json& item : json.array_or_none(key)) {
    try {
      items.push_back(parse(item));
    } catch (base::Error& error) {
      error.during(std::string(key) + "[" + std::to_string(items.size()) + "]");
      throw;
    }
  }
  return items;
}

template <typename Item>
base::Json list_json(const std::vector<Item>& items, base::Json (*write)(const Item&)) {
  base::Json json = base::Json::array();
  for (const Item& item : items)
    json.push_back(write(item));
  return json;
}

base::Json map_json(const std::map<std::string, std::string>& map);
std::map<std::string, std::string> parse_map(const base::Json& json, const char* key);

// A part of the configuration; what is wrong in it is told with its name.
template <typename Parse>
auto within(const char* name, Parse parse) {
  try {
    return parse();
  } catch (base::Error& error) {
    error.during(name);
    throw;
  }
}

// Throws base::Error when the document says something at one of the places ("process.commandLine")
// that we do not honour.
void refuse_process(const base::Json& process);
void refuse_config(const base::Json& config);
void refuse_resources(const base::Json& resources);

}  // namespace oci
