// The layouts that images are saved in: docker-archive (as podman names its files), a folder of
// blobs beside their manifest, and OCI's image layout. What is listed last is read first: an
// archive or a folder without it is no image.
#include "pkg/base/error.hpp"
#include "pkg/base/json.hpp"
#include "pkg/hash/sha256.hpp"
#include "pkg/transfer/layer_source.hpp"
#include "pkg/transfer/publish.hpp"
#include "pkg/transfer/reading_ahead.hpp"
#include "pkg/transfer/save.hpp"
#include "storage/tar/compress.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace transfer {
namespace {

using base::Json;

std::string digits_of(const std::string& digest) {
  return digest.substr(digest.find(':') + 1);
}

std::vector<storage::Layer> layers_of(const Saving& saving, const storage::Image& image) {
  const storage::LayerStore store(saving.store.layout);
  std::vector<storage::Layer> layers;
  for (const std::string& id : image.layers) {
    auto layer = store.find(id);
    if (!layer) throw base::Error(fmt::format("layer {} is missing: pull the image again", id));
    layers.push_back(std::move(*layer));
  }
  return layers;
}

std::int64_t size_of(const Saving& saving, const storage::Layer& layer) {
  return as_plain(saving.store, {layer}).front().blob_size;
}

void add_plain_layer(const Saving& saving, const storage::Layer& layer, const std::string& name) {
  if (saving.sink.has(name)) return;
  const std::int64_t size = size_of(saving, layer);
  ReadingAhead source(open_layer(saving.store, layer));
  saving.sink.add(name, source, size);
}

std::string config_of(const Saving& saving, const storage::Image& image) {
  return storage::ImageStore(saving.store.layout).config_bytes(image.id);
}

// Docker's first layout: a folder a layer, named by itself and all below it. Its readers know
// "repositories" and no manifest.json.
class OldLayout {
 public:
  explicit OldLayout(const Saving& saving) : saving_(saving) {}

  // Returns the name of the topmost folder.
  std::string add(const std::vector<storage::Layer>& layers, const Json& config) {
    std::string parent;
    for (const storage::Layer& layer : layers) {
      const bool is_top = &layer == &layers.back();
      const std::string text = fmt::format("{} {}", parent, layer.diff_id);
      const std::string id = hash::sha256(is_top ? text + " " + config.dump() : text);
      Json json = is_top ? config : Json::object();
      json["id"] = id;
      if (!parent.empty()) json["parent"] = parent;
      saving_.sink.add_link(id + "/layer.tar", "../" + digits_of(layer.diff_id) + ".tar");
      add_once(id + "/VERSION", "1.0");
      add_once(id + "/json", json.dump());
      parent = id;
    }
    return parent;
  }

 private:
  void add_once(const std::string& name, const std::string& text) {
    if (!saving_.sink.has(name)) saving_.sink.add_text(name, text);
  }

  const Saving& saving_;
};

// What the old layout says of an image itself: not what its layers are.
Json old_config(const std::string& bytes) {
  Json old = Json::object();
  const Json json = Json::parse(bytes);
  for (const auto& [key, value] : json.as_object())
    if (key != "rootfs" && key != "history") old[key] = value;
  return old;
}

std::pair<std::string, std::string> split_tag(const std::string& name) {
  const std::size_t colon = name.rfind(':');
  return {name.substr(0, colon), name.substr(colon + 1)};
}

// The layers' blobs, as a manifest lists them: by digest in place of the diff id.
std::vector<storage::Layer> add_blobs(const Saving& saving, const storage::Image& image,
                                      const std::string& prefix) {
  std::vector<storage::Layer> layers = layers_of(saving, image);
  for (storage::Layer& layer : layers) {
    if (!saving.compress) {
      layer = as_plain(saving.store, {layer}).front();
      add_plain_layer(saving, layer, prefix + digits_of(layer.diff_id));
      continue;
    }
    const std::unique_ptr<tar::Source> source = tar::compress(
        open_layer(saving.store, layer), {.format = tar::Compression::Gzip, .level = {}});
    const FileSink::Blob blob = saving.sink.add_blob(prefix, *source);
    layer.blob = blob.digest;
    layer.blob_size = blob.size;
  }
  return layers;
}

constexpr const char* kRefName = "org.opencontainers.image.ref.name";

std::string name_of(const Json& entry) {
  const Json* annotations = entry.find("annotations");
  return annotations != nullptr ? annotations->string_or(kRefName, "") : "";
}

// A name that the folder had leads to the new image; nothing is listed twice.
Json merged(const Json::Array& former, Json::Array added) {
  const auto replaces = [](const Json& entry, const Json& fresh) {
    const std::string name = name_of(fresh);
    return name_of(entry) == name && (!name.empty() || entry.at("digest") == fresh.at("digest"));
  };
  Json::Array all;
  for (const Json& entry : former) {
    const bool is_replaced =
        std::ranges::any_of(added, [&](const Json& fresh) { return replaces(entry, fresh); });
    if (!is_replaced) all.push_back(entry);
  }
  for (Json& entry : added)
    all.push_back(std::move(entry));
  return all;
}

}  // namespace

void write_docker_archive(const Saving& saving, const std::vector<SavedOut>& images) {
  Json manifest = Json::array();
  Json repositories = Json::object();
  for (const auto& [image, names] : images) {
    const std::vector<storage::Layer> layers = layers_of(saving, image);
    const std::string config = config_of(saving, image);
    Json files = Json::array();
    for (const storage::Layer& layer : layers) {
      files.push_back(digits_of(layer.diff_id) + ".tar");
      add_plain_layer(saving, layer, digits_of(layer.diff_id) + ".tar");
    }
    saving.sink.add_text(image.id + ".json", config);
    const std::string top = OldLayout(saving).add(layers, old_config(config));
    for (const std::string& name : names) {
      const auto [repository, tag] = split_tag(name);
      if (!top.empty()) repositories[repository][tag] = top;
    }
    manifest.push_back(Json::object(
        {{"Config", image.id + ".json"}, {"RepoTags", Json(names)}, {"Layers", files}}));
  }
  saving.sink.add_text("repositories", repositories.dump());
  saving.sink.add_text("manifest.json", manifest.dump());
}

void write_docker_folder(const Saving& saving, const SavedOut& saved) {
  constexpr const char* kVersion = "Directory Transport Version: 1.1\n";
  const std::string config = config_of(saving, saved.image);
  const Made made = describe(config, add_blobs(saving, saved.image, ""), Format::Docker);
  saving.sink.add_text(saved.image.id, config);
  saving.sink.add_text("version", kVersion);
  saving.sink.add_text("manifest.json", made.manifest);
}

void write_oci(const Saving& saving, const std::vector<SavedOut>& images) {
  constexpr const char* kBlobs = "blobs/sha256/";
  constexpr const char* kManifest = "application/vnd.oci.image.manifest.v1+json";
  const std::string former = saving.sink.find_text("index.json");
  Json index = former.empty() ? Json::object({{"schemaVersion", 2}, {"manifests", Json::array()}})
                              : Json::parse(former);
  Json::Array added;
  for (const auto& [image, names] : images) {
    const std::string config = config_of(saving, image);
    const Made made = describe(config, add_blobs(saving, image, kBlobs), Format::Oci);
    const std::string digest = hash::sha256(made.manifest);
    saving.sink.add_text(kBlobs + image.id, config);
    saving.sink.add_text(kBlobs + digest, made.manifest);
    Json entry = Json::object({{"mediaType", kManifest},
                               {"digest", "sha256:" + digest},
                               {"size", static_cast<std::int64_t>(made.manifest.size())}});
    if (names.empty()) added.push_back(entry);
    for (const std::string& name : names) {
      entry["annotations"] = Json::object({{kRefName, name}});
      added.push_back(entry);
    }
  }
  index["manifests"] = merged(index.array_or_none("manifests"), std::move(added));
  saving.sink.add_text("oci-layout", R"({"imageLayoutVersion":"1.0.0"})");
  saving.sink.add_text("index.json", index.dump());
}

}  // namespace transfer
