#include "pkg/oci/image_config.hpp"

#include "pkg/base/error.hpp"

#include <fmt/core.h>

namespace oci {
namespace {

// Old builders wrote odd times; nobody's pull fails for that.
base::Time time_or_never(const base::Json& json, std::string_view member) {
  const std::string text = json.string_or(member, "");
  if (text.empty()) return 0;
  try {
    return base::parse_rfc3339(text);
  } catch (const base::Error&) {
    return 0;
  }
}

// Go's set: {"80/tcp": {}}.
std::vector<std::string> keys(const base::Json& json, std::string_view member) {
  std::vector<std::string> names;
  for (const auto& [key, value] : json.object_or_none(member))
    names.push_back(key);
  return names;
}

base::Json set_of(const std::vector<std::string>& names) {
  base::Json json = base::Json::object();
  for (const std::string& name : names)
    json[name] = base::Json::object();
  return json;
}

// Docker once wrote a command of one word as a string.
std::vector<std::string> words(const base::Json& json, std::string_view member) {
  const base::Json* found = json.find(member);
  if (found != nullptr && found->is_string()) return {found->as_string()};
  return json.strings_or_none(member);
}

void read_config(ImageConfig& image, const base::Json& json) {
  image.user = json.string_or("User", "");
  image.exposed_ports = keys(json, "ExposedPorts");
  image.env = json.strings_or_none("Env");
  image.entrypoint = words(json, "Entrypoint");
  image.cmd = words(json, "Cmd");
  image.volumes = keys(json, "Volumes");
  image.working_dir = json.string_or("WorkingDir", "");
  for (const auto& [key, value] : json.object_or_none("Labels")) {
    image.labels[key] = value.as_string();
  }
  image.stop_signal = json.string_or("StopSignal", "");
  image.on_build = json.strings_or_none("OnBuild");
  image.shell = json.strings_or_none("Shell");
  if (const base::Json* found = json.find("Healthcheck")) image.healthcheck = *found;
}

HistoryEntry history_entry(const base::Json& json) {
  return {.created = time_or_never(json, "created"),
          .created_by = json.string_or("created_by", ""),
          .comment = json.string_or("comment", ""),
          .author = json.string_or("author", ""),
          .empty_layer = json.bool_or("empty_layer", false)};
}

base::Json config_json(const ImageConfig& image) {
  base::Json json = base::Json::object();
  if (!image.user.empty()) json["User"] = image.user;
  if (!image.exposed_ports.empty()) json["ExposedPorts"] = set_of(image.exposed_ports);
  if (!image.env.empty()) json["Env"] = image.env;
  if (!image.entrypoint.empty()) json["Entrypoint"] = image.entrypoint;
  if (!image.cmd.empty()) json["Cmd"] = image.cmd;
  if (!image.volumes.empty()) json["Volumes"] = set_of(image.volumes);
  if (!image.working_dir.empty()) json["WorkingDir"] = image.working_dir;
  for (const auto& [key, value] : image.labels)
    json["Labels"][key] = value;
  if (!image.stop_signal.empty()) json["StopSignal"] = image.stop_signal;
  if (!image.on_build.empty()) json["OnBuild"] = image.on_build;
  if (!image.shell.empty()) json["Shell"] = image.shell;
  if (!image.healthcheck.is_null()) json["Healthcheck"] = image.healthcheck;
  return json;
}

base::Json history_json(const HistoryEntry& entry) {
  base::Json json = base::Json::object();
  if (entry.created != 0) json["created"] = base::rfc3339_utc(entry.created);
  if (!entry.created_by.empty()) json["created_by"] = entry.created_by;
  if (!entry.author.empty()) json["author"] = entry.author;
  if (!entry.comment.empty()) json["comment"] = entry.comment;
  if (entry.empty_layer) json["empty_layer"] = true;
  return json;
}

}  // namespace

ImageConfig ImageConfig::parse(std::string_view bytes) try {
  const base::Json json = base::Json::parse(bytes);
  if (!json.is_object()) throw base::Error("not an object");
  ImageConfig image;
  image.platform = {.os = json.string_or("os", "linux"),
                    .architecture = json.string_or("architecture", ""),
                    .variant = json.string_or("variant", "")};
  image.created = time_or_never(json, "created");
  image.author = json.string_or("author", "");
  if (const base::Json* config = json.find("config")) read_config(image, *config);
  for (const std::string& text : json.at("rootfs").strings_or_none("diff_ids")) {
    image.diff_ids.push_back(Digest::parse(text));
  }
  for (const base::Json& entry : json.array_or_none("history")) {
    image.history.push_back(history_entry(entry));
  }
  return image;
} catch (base::Error& error) {
  error.during("image configuration");
  throw;
}

base::Json ImageConfig::json() const {
  base::Json json = base::Json::object();
  if (created != 0) json["created"] = base::rfc3339_utc(created);
  if (!author.empty()) json["author"] = author;
  json["architecture"] = platform.architecture;
  if (!platform.variant.empty()) json["variant"] = platform.variant;
  json["os"] = platform.os;
  json["config"] = config_json(*this);
  json["rootfs"] = base::Json::object({{"type", "layers"}, {"diff_ids", base::Json::array()}});
  for (const Digest& digest : diff_ids)
    json["rootfs"]["diff_ids"].push_back(digest.text());
  for (const HistoryEntry& entry : history)
    json["history"].push_back(history_json(entry));
  return json;
}

}  // namespace oci
