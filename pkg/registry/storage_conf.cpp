#include "pkg/registry/storage_conf.hpp"

#include "pkg/base/error.hpp"
#include "pkg/home/places.hpp"
#include "pkg/registry/toml.hpp"
#include "pkg/sys/file.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>

namespace registry {
namespace {

constexpr const char* kRootsOwn = "/var/lib/containers/storage";

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

void replace_all(std::string& text, const std::string& word, const std::string& value) {
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at)) {
    text.replace(at, word.size(), value);
    at += value.size();
  }
}

std::string expanded(std::string path, const home::Home& home) {
  replace_all(path, "$HOME", environment("HOME"));
  replace_all(path, "$USER", home.user);
  replace_all(path, "$UID", std::to_string(home.uid));
  return path;
}

// Where podman has it when nothing is said.
std::string usual_root(const home::Home& home) {
  if (home.uid == 0) return kRootsOwn;
  const std::string folder = environment("XDG_DATA_HOME");
  if (folder.starts_with('/')) return folder + "/containers/storage";
  return environment("HOME") + "/.local/share/containers/storage";
}

void add_stores(StorageConf& conf, const TomlReader& table) {
  for (const std::string& path : table.strings("additionalimagestores")) {
    if (!path.starts_with('/')) {
      table.refuse("additionalimagestores", "\"" + path + "\" is not an absolute path");
    }
    if (std::ranges::count(conf.additional, path) == 0) conf.additional.push_back(path);
  }
}

std::optional<TomlReader> find_table(const TomlReader& from, const std::string& key,
                                     const std::string& file, const std::string& path) {
  const Toml* found = from.find(key);
  if (found == nullptr) return std::nullopt;
  return TomlReader(*found, file, path);
}

}  // namespace

StorageConf StorageConf::read(const home::Home& home) {
  const std::string usual = usual_root(home);
  const auto file = home::find_storage_conf(home);
  if (!file) return {.graph_root = usual, .additional = {}};
  StorageConf conf = parse(sys::read_file(file->path), file->path);
  const bool is_ours = !file->is_systems || home.uid == 0;
  conf.graph_root = expanded(is_ours ? conf.graph_root : conf.rootless_root, home);
  if (conf.graph_root.empty()) conf.graph_root = usual;
  return conf;
}

StorageConf StorageConf::parse(const std::string& text, const std::string& file) {
  StorageConf conf;
  const Toml toml = Toml::parse(text, file);
  const TomlReader whole(toml, file);
  const auto storage = find_table(whole, "storage", file, "storage");
  if (!storage) return conf;
  conf.graph_root = storage->string_or("graphroot", "");
  conf.rootless_root = storage->string_or("rootless_storage_path", "");
  const auto options = find_table(*storage, "options", file, "storage.options");
  if (!options) return conf;
  add_stores(conf, *options);
  const auto overlay = find_table(*options, "overlay", file, "storage.options.overlay");
  if (overlay) add_stores(conf, *overlay);
  return conf;
}

}  // namespace registry
