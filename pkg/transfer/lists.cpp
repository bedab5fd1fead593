#include "pkg/transfer/lists.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/hash/sha256.hpp"
#include "pkg/images/catalog.hpp"
#include "pkg/images/ensure.hpp"
#include "pkg/oci/image_config.hpp"
#include "pkg/oci/manifest.hpp"
#include "pkg/oci/media_types.hpp"
#include "pkg/transfer/remote.hpp"
#include "storage/image_store.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>
#include <variant>

namespace transfer {
namespace {

using Entry = storage::List::Entry;

void set_platform(base::Json& descriptor, const oci::Platform& platform) {
  if (platform.architecture.empty()) return;
  descriptor["platform"]["architecture"] = platform.architecture;
  descriptor["platform"]["os"] = platform.os;
  if (!platform.variant.empty()) descriptor["platform"]["variant"] = platform.variant;
}

base::Json describe(const registry::Document& document, const std::string& media_type) {
  return base::Json::object({{"mediaType", media_type},
                             {"size", static_cast<std::int64_t>(document.bytes.size())},
                             {"digest", "sha256:" + hash::sha256(document.bytes)}});
}

Entry entry_of_image(const home::Home& home, const storage::Image& image) {
  const storage::ImageStore images{storage::Layout(home)};
  const std::string bytes = images.manifest_bytes(image.id);
  const std::string type =
      base::Json::parse(bytes).string_or("mediaType", std::string(oci::kOciManifest));
  Entry entry{.descriptor = describe({.bytes = bytes, .media_type = type}, type),
              .image = image.id,
              .repository = ""};
  set_platform(entry.descriptor, image.config.platform);
  return entry;
}

// An artifact has no platform.
oci::Platform platform_of(registry::Client& client, const oci::Manifest& manifest) {
  return oci::ImageConfig::parse(client.blob(manifest.config)).platform;
}

std::vector<Entry> entries_of_index(const base::Json& index, const oci::Reference& reference,
                                    bool all) {
  std::vector<Entry> entries;
  const auto parsed = oci::parse_manifest(index.dump(), "");
  const std::string chosen =
      all ? "" : std::get<oci::Index>(parsed).choose(oci::Platform::host()).digest.text();
  for (const base::Json& descriptor : index.array_or_none("manifests")) {
    if (!all && descriptor.string_or("digest", "") != chosen) continue;
    entries.push_back({.descriptor = descriptor, .image = "", .repository = reference.name()});
    if (!all) break;
  }
  return entries;
}

std::vector<Entry> entries_of_remote(const home::Home& home, const registry::Access& access,
                                     const std::string& text, bool all) {
  Remote remote = open_remote(home, access, text);
  const auto parsed = oci::parse_manifest(remote.document.bytes, remote.document.media_type);
  if (std::holds_alternative<oci::Index>(parsed)) {
    return entries_of_index(base::Json::parse(remote.document.bytes), remote.reference, all);
  }
  const auto& manifest = std::get<oci::Manifest>(parsed);
  Entry entry{.descriptor = describe(remote.document, manifest.media_type),
              .image = "",
              .repository = remote.reference.name()};
  set_platform(entry.descriptor, platform_of(*remote.client, manifest));
  return {std::move(entry)};
}

std::string without_transport(const std::string& image) {
  for (const char* transport :
       {"oci:", "oci-archive:", "docker-archive:", "docker-daemon:", "dir:"}) {
    if (image.starts_with(transport)) {
      throw base::Error(
          fmt::format("{}: only images here and in registries can be in a list", image));
    }
  }
  constexpr std::string_view kHere = "containers-storage:";
  return image.starts_with(kHere) ? image.substr(kHere.size()) : image;
}

}  // namespace

void apply(const EntryNotes& notes, base::Json& descriptor) {
  const auto set = [&](const char* member, const std::string& value) {
    if (!value.empty()) descriptor["platform"][member] = value;
  };
  set("architecture", notes.architecture);
  set("os", notes.system);
  set("variant", notes.variant);
  set("os.version", notes.system_version);
  if (!notes.system_features.empty()) descriptor["platform"]["os.features"] = notes.system_features;
  if (!notes.features.empty()) descriptor["platform"]["features"] = notes.features;
  for (const auto& [key, value] : notes.annotations)
    descriptor["annotations"][key] = value;
}

images::FoundList list_of(const home::Home& home, const std::string& text, bool with_names) {
  auto found = images::find_list(home, text, with_names);
  if (!found) throw base::Error(text + ": no such manifest list here");
  return std::move(*found);
}

void save_list(const storage::Layout& layout, storage::List list) {
  const registry::Document index = index_document(list, is_docker_list(list));
  list.digest = "sha256:" + hash::sha256(index.bytes);
  list.size = static_cast<std::int64_t>(index.bytes.size());
  storage::ListStore(layout).save(list);
}

std::vector<Entry> find_entries(const home::Home& home, const registry::Access& access,
                                const std::string& image, bool all) {
  if (!image.starts_with("docker://")) {
    const std::string name = without_transport(image);
    if (auto found = images::find_list(home, name)) return std::move(found->list.entries);
    if (const auto found = images::find(home, name)) {
      images::require_own(*found, name);
      return {entry_of_image(home, *found)};
    }
    if (name != image) throw base::Error(name + ": image not known");
  }
  return entries_of_remote(home, access, image, all);
}

void add_entries(storage::List& list, std::vector<Entry> entries) {
  for (Entry& entry : entries) {
    const auto same = std::ranges::find(list.entries, entry.digest(), &Entry::digest);
    if (same == list.entries.end()) {
      list.entries.push_back(std::move(entry));
    } else {
      *same = std::move(entry);
    }
  }
}

Entry& entry_of(const home::Home& home, storage::List& list, const std::string& text) {
  const std::size_t at = text.find('@');
  const std::string digest = at == std::string::npos ? text : text.substr(at + 1);
  for (Entry& entry : list.entries) {
    if (entry.digest() == digest) return entry;
  }
  if (const auto image = images::find(home, text)) {
    for (Entry& entry : list.entries) {
      const std::string suffix = "@" + entry.digest();
      const bool is_known = std::ranges::any_of(
          image->repo_digests, [&](const std::string& one) { return one.ends_with(suffix); });
      if (entry.image == image->id || is_known) return entry;
    }
  }
  throw base::Error(fmt::format("{}: not in the list {}", text, base::short_id(list.id)));
}

bool is_docker_list(const storage::List& list) {
  if (!list.annotations.empty() || list.entries.empty()) return false;
  return std::ranges::all_of(list.entries, [](const Entry& entry) {
    return entry.descriptor.string_or("mediaType", "").starts_with("application/vnd.docker.") &&
           entry.descriptor.find("annotations") == nullptr;
  });
}

registry::Document index_document(const storage::List& list, bool docker) {
  const std::string_view type = docker ? oci::kDockerList : oci::kOciIndex;
  base::Json json = base::Json::object({{"schemaVersion", 2}, {"mediaType", type}});
  json["manifests"] = base::Json::array();
  for (const Entry& entry : list.entries)
    json["manifests"].push_back(entry.descriptor);
  for (const auto& [key, value] : list.annotations)
    json["annotations"][key] = value;
  return {.bytes = json.dump(), .media_type = std::string(type)};
}

}  // namespace transfer
