#include "storage/volume_source.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace storage {
namespace {

void check_keys(const std::map<std::string, std::string>& options) {
  for (const auto& [key, value] : options) {
    if (key == "type" || key == "device" || key == "o") continue;
    throw base::Error(fmt::format("option {}: the driver local knows type=, device= and o=", key));
  }
}

std::string value_of(const std::map<std::string, std::string>& options, const char* key) {
  const auto found = options.find(key);
  return found == options.end() ? "" : found->second;
}

std::uint32_t parse_id(const std::string& word, const std::string& value) {
  const auto number = base::parse_integer(value);
  if (number && *number >= 0 && *number < INT32_MAX) return static_cast<std::uint32_t>(*number);
  throw base::Error(fmt::format("option o: {}: expected a number", word));
}

bool is_bind_word(const std::string& word) {
  return word == "bind" || word == "rbind";
}

VolumeSource::Kind kind_of(const std::string& type, const std::vector<std::string>& words) {
  const bool binds = std::ranges::any_of(words, is_bind_word);
  if (type == "tmpfs") return VolumeSource::Kind::Tmpfs;
  if (binds || type == "bind") return VolumeSource::Kind::Bind;
  if (type.empty()) return VolumeSource::Kind::Folder;
  if (type == "none") throw base::Error("option type=none: needs o=bind and device=FOLDER");
  throw base::Error(fmt::format(
      "option type={}: only root of the host can mount that; mount it there, and give the folder: "
      "type=none, o=bind, device=FOLDER",
      type));
}

// Only a tmpfs can be told its size: quotas on a folder are root's to set.
void take_word(VolumeSource& source, const std::string& word) {
  const auto [key, value] = base::split_once(word, '=');
  const bool is_tmpfs = source.kind == VolumeSource::Kind::Tmpfs;
  if (!is_tmpfs && key == "uid" && value) {
    source.uid = parse_id(word, *value);
  } else if (!is_tmpfs && key == "gid" && value) {
    source.gid = parse_id(word, *value);
  } else if (!is_tmpfs && (key == "size" || key == "inodes")) {
    throw base::Error(fmt::format(
        "option o: {}: quotas on folders are for root to set; type=tmpfs can have a size", word));
  } else if (key == "inodes" && value) {
    source.options.push_back("nr_inodes=" + *value);
  } else if (!word.empty() && word != "noquota" && word != "defaults") {
    source.options.push_back(word);
  }
}

}  // namespace

VolumeSource source_of(const std::map<std::string, std::string>& options) {
  check_keys(options);
  const std::vector<std::string> words = base::split(value_of(options, "o"), ',');
  const std::string device = value_of(options, "device");
  VolumeSource source;
  source.kind = kind_of(value_of(options, "type"), words);
  if (source.kind == VolumeSource::Kind::Bind) {
    if (!device.starts_with('/')) {
      throw base::Error("option device: expected the absolute path of a folder to bind");
    }
    source.device = device;
  } else if (source.kind == VolumeSource::Kind::Folder && !device.empty()) {
    throw base::Error("option device: needs a type");
  }
  for (const std::string& word : words)
    take_word(source, word);
  return source;
}

}  // namespace storage
