#include "pkg/oci/members.hpp"

namespace oci {

using base::Json;

const Json& member(const Json& json, const char* key) {
  static const Json none;
  const Json* value = json.find(key);
  return value != nullptr ? *value : none;
}

Json map_json(const std::map<std::string, std::string>& map) {
  Json json = Json::object();
  for (const auto& [key, value] : map)
    json[key] = value;
  return json;
}

std::map<std::string, std::string> parse_map(const Json& json, const char* key) {
  return within(key, [&] {
    std::map<std::string, std::string> map;
    for (const auto& [name, value] : json.object_or_none(key))
      map[name] = value.as_string();
    return map;
  });
}

}  // namespace oci
