#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/base/text.hpp"
#include "pkg/base/time.hpp"
#include "pkg/images/catalog.hpp"
#include "pkg/oci/reference.hpp"
#include "storage/all_images.hpp"
#include "storage/rootfs.hpp"

#include <algorithm>
#include <map>

namespace images {
namespace {

constexpr const char* kOciManifest = "application/vnd.oci.image.manifest.v1+json";

// Go's omitempty.
void add_unless_empty(base::Json& json, const char* key, const std::string& text) {
  if (!text.empty()) json[key] = text;
}

void add_unless_empty(base::Json& json, const char* key, const std::vector<std::string>& texts) {
  if (!texts.empty()) json[key] = base::Json(texts);
}

// {"80/tcp": {}}, as images write sets.
void add_set(base::Json& json, const char* key, const std::vector<std::string>& names) {
  if (names.empty()) return;
  base::Json set = base::Json::object();
  for (const std::string& name : names)
    set[name] = base::Json::object();
  json[key] = std::move(set);
}

base::Json labels_of(const oci::ImageConfig& config) {
  if (config.labels.empty()) return nullptr;
  base::Json labels = base::Json::object();
  for (const auto& [key, value] : config.labels)
    labels[key] = value;
  return labels;
}

base::Json config_of(const oci::ImageConfig& config) {
  base::Json json = base::Json::object();
  add_unless_empty(json, "User", config.user);
  add_set(json, "ExposedPorts", config.exposed_ports);
  add_unless_empty(json, "Env", config.env);
  add_unless_empty(json, "Entrypoint", config.entrypoint);
  add_unless_empty(json, "Cmd", config.cmd);
  add_set(json, "Volumes", config.volumes);
  add_unless_empty(json, "WorkingDir", config.working_dir);
  if (!config.labels.empty()) json["Labels"] = labels_of(config);
  add_unless_empty(json, "StopSignal", config.stop_signal);
  add_unless_empty(json, "OnBuild", config.on_build);
  add_unless_empty(json, "Shell", config.shell);
  if (!config.healthcheck.is_null()) json["Healthcheck"] = config.healthcheck;
  return json;
}

base::Json history_of(const oci::ImageConfig& config) {
  if (config.history.empty()) return nullptr;
  base::Json history = base::Json::array();
  for (const oci::HistoryEntry& entry : config.history) {
    base::Json json = base::Json::object();
    json["created"] = base::rfc3339_utc(entry.created);
    add_unless_empty(json, "created_by", entry.created_by);
    add_unless_empty(json, "author", entry.author);
    add_unless_empty(json, "comment", entry.comment);
    if (entry.empty_layer) json["empty_layer"] = true;
    history.push_back(std::move(json));
  }
  return history;
}

base::Json root_of(const oci::ImageConfig& config) {
  base::Json layers = base::Json::array();
  for (const oci::Digest& diff_id : config.diff_ids)
    layers.push_back(diff_id.text());
  return base::Json::object({{"Type", "layers"}, {"Layers", std::move(layers)}});
}

// Finding it out may need to write to the store, which need not be possible.
std::string driver_name(const home::Home& home) try {
  return storage::driver_name(storage::choose_driver(home).driver);
} catch (const base::Error& error) {
  base::log::debug("{}", error.what());
  return "";
}

base::Json driver_of(const home::Home& home, const storage::Image& image) {
  std::vector<std::string> below = storage::trees_of(home, image.layers);
  std::ranges::reverse(below);
  base::Json places = base::Json::object();
  if (!below.empty()) {
    const std::string top = below.front();
    below.erase(below.begin());
    add_unless_empty(places, "LowerDir", base::join(below, ":"));
    places["UpperDir"] = top;
  }
  return base::Json::object({{"Name", driver_name(home)}, {"Data", places}});
}

void add_manifest(base::Json& json, const home::Home& home, const storage::Image& image) {
  const std::string bytes = storage::AllImages(home).manifest_bytes(image);
  const base::Json manifest = bytes.empty() ? base::Json::object() : base::Json::parse(bytes);
  json["Annotations"] = base::Json::object();
  for (const auto& [key, value] : manifest.object_or_none("annotations"))
    json["Annotations"][key] = value;
  json["ManifestType"] = manifest.string_or("mediaType", kOciManifest);
}

void add_origin(base::Json& json, const oci::ImageConfig& config) {
  json["Parent"] = "";
  json["Comment"] = config.history.empty() ? "" : config.history.back().comment;
  json["Created"] = base::rfc3339_utc(config.created);
  json["Config"] = config_of(config);
  json["Version"] = "";
  json["Author"] = config.author;
  json["Architecture"] = config.platform.architecture;
  add_unless_empty(json, "Variant", config.platform.variant);
  json["Os"] = config.platform.os;
}

}  // namespace

std::vector<std::string> repo_digests(const storage::Image& image) {
  std::vector<std::string> digests = image.repo_digests;
  for (const std::string& name : image.names) {
    if (image.manifest_digest.empty()) break;
    const std::string digest = name.substr(0, name.rfind(':')) + "@" + image.manifest_digest;
    if (std::ranges::count(digests, digest) == 0) digests.push_back(digest);
  }
  return digests;
}

std::string manifest_digest_of(const home::Home& home, const storage::Image& image,
                               const std::string& name) {
  const storage::ImageStore store{storage::Layout(home)};
  if (const std::size_t at = name.find('@'); at != std::string::npos) {
    const std::string digest = name.substr(at + 1);
    return store.has_manifest(image, digest) ? digest : image.manifest_digest;
  }
  const std::string repository = name.substr(0, name.rfind(':')) + "@";
  for (auto known = image.repo_digests.rbegin(); known != image.repo_digests.rend(); ++known) {
    if (!known->starts_with(repository)) continue;
    const std::string digest = known->substr(repository.size());
    if (store.has_manifest(image, digest)) return digest;
  }
  return image.manifest_digest;
}

base::Json inspect(const home::Home& home, const storage::Image& image) {
  base::Json json = base::Json::object();
  json["Id"] = image.id;
  json["Digest"] = image.manifest_digest;
  json["RepoTags"] = base::Json(image.names);
  json["RepoDigests"] = base::Json(repo_digests(image));
  add_origin(json, image.config);
  json["Size"] = image.size;
  json["VirtualSize"] = image.size;
  json["GraphDriver"] = driver_of(home, image);
  json["RootFS"] = root_of(image.config);
  json["Labels"] = labels_of(image.config);
  add_manifest(json, home, image);
  json["User"] = image.config.user;
  json["History"] = history_of(image.config);
  json["NamesHistory"] = base::Json(image.names);
  if (!image.config.healthcheck.is_null()) json["Healthcheck"] = image.config.healthcheck;
  return json;
}

}  // namespace images
