#include "pkg/containers/table.hpp"

namespace containers {

base::Json table(const std::map<std::string, std::string>& values) {
  base::Json json = base::Json::object();
  for (const auto& [key, value] : values)
    json[key] = value;
  return json;
}

std::map<std::string, std::string> table_of(const base::Json& json, std::string_view key) {
  std::map<std::string, std::string> values;
  for (const auto& [name, value] : json.object_or_none(key))
    values[name] = value.as_string();
  return values;
}

}  // namespace containers
