#include "pkg/oci/descriptor.hpp"

#include "pkg/base/error.hpp"

namespace oci {
namespace {

std::optional<Platform> platform_of(const base::Json& json) {
  const base::Json* found = json.find("platform");
  if (found == nullptr || found->is_null()) return std::nullopt;
  return Platform{.os = found->string_or("os", ""),
                  .architecture = found->string_or("architecture", ""),
                  .variant = found->string_or("variant", "")};
}

}  // namespace

Descriptor Descriptor::parse(const base::Json& json) {
  Descriptor descriptor{.media_type = json.string_or("mediaType", ""),
                        .digest = Digest::parse(json.at("digest").as_string()),
                        .size = json.at("size").as_integer(),
                        .urls = json.strings_or_none("urls"),
                        .annotations = {},
                        .platform = platform_of(json)};
  if (descriptor.size < 0) throw base::Error("size: less than nothing");
  for (const auto& [key, value] : json.object_or_none("annotations")) {
    descriptor.annotations[key] = value.as_string();
  }
  return descriptor;
}

base::Json Descriptor::json() const {
  base::Json json =
      base::Json::object({{"mediaType", media_type}, {"digest", digest.text()}, {"size", size}});
  if (!urls.empty()) json["urls"] = urls;
  for (const auto& [key, value] : annotations)
    json["annotations"][key] = value;
  if (platform) {
    json["platform"]["architecture"] = platform->architecture;
    json["platform"]["os"] = platform->os;
    if (!platform->variant.empty()) json["platform"]["variant"] = platform->variant;
  }
  return json;
}

}  // namespace oci
