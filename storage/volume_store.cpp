#include "storage/volume_store.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/base/json.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "storage/staging.hpp"
#include "storage/trash.hpp"

#include <fmt/core.h>

#include <cerrno>

#include <sys/stat.h>
#include <unistd.h>

namespace storage {
namespace {

using Pairs = std::map<std::string, std::string>;

base::Json json_of(const Pairs& pairs) {
  base::Json json = base::Json::object();
  for (const auto& [key, value] : pairs)
    json[key] = value;
  return json;
}

Pairs pairs_of(const base::Json& json, std::string_view key) {
  Pairs pairs;
  for (const auto& [name, value] : json.object_or_none(key))
    pairs[name] = value.as_string();
  return pairs;
}

std::optional<std::uint32_t> id_of(const base::Json& json, std::string_view key) {
  const base::Json* const member = json.find(key);
  if (member == nullptr) return std::nullopt;
  return static_cast<std::uint32_t>(member->as_integer());
}

std::string text_of(const Volume& volume) {
  base::Json json = base::Json::object();
  json["name"] = volume.name;
  json["created"] = volume.created;
  json["labels"] = json_of(volume.labels);
  json["options"] = json_of(volume.options);
  json["anonymous"] = volume.anonymous;
  if (!volume.container.empty()) json["container"] = volume.container;
  json["fresh"] = volume.fresh;
  if (volume.uid) json["uid"] = *volume.uid;
  if (volume.gid) json["gid"] = *volume.gid;
  return json.dump(2) + "\n";
}

void check_name(const std::string& name) {
  if (base::is_name(name)) return;
  throw base::Error(fmt::format(
      "volume {}: names are letters, digits, '_', '.' and '-', and begin with a letter or digit",
      name));
}

// Ids are those of the user's namespace, which this process has entered when it is to be somebody
// else's than root's.
void give(const std::string& data, const Volume& volume) {
  const uid_t uid = volume.uid.value_or(0);
  const gid_t gid = volume.gid.value_or(0);
  if (uid == 0 && gid == 0) return;
  if (::chown(data.c_str(), uid, gid) == 0) return;
  throw base::SysError(fmt::format("volume {}: owner {}:{}", volume.name, uid, gid));
}

}  // namespace

std::optional<Volume> VolumeStore::find(const std::string& name) const {
  if (!base::is_name(name)) return std::nullopt;
  const auto text = sys::find_file(layout_.volume(name) + "/volume.json");
  if (!text) return std::nullopt;
  // Empty when the machine failed soon after it was written: its files are worth more than its
  // labels.
  const base::Json json = text->empty() ? base::Json::object() : base::Json::parse(*text);
  Volume volume;
  volume.name = name;
  volume.created = json.integer_or("created", 0);
  volume.labels = pairs_of(json, "labels");
  volume.options = pairs_of(json, "options");
  volume.anonymous = json.bool_or("anonymous", false);
  volume.container = json.string_or("container", "");
  volume.fresh = json.bool_or("fresh", false);
  volume.data = layout_.volume(name) + "/data";
  volume.uid = id_of(json, "uid");
  volume.gid = id_of(json, "gid");
  return volume;
}

bool VolumeStore::has(const std::string& name) const try {
  get(name);
  return true;
} catch (const base::Error& error) {
  if (error.status() == 1) return false;
  throw;
}

Volume VolumeStore::get(const std::string& name) const {
  if (auto exact = find(name)) return *exact;
  std::vector<Volume> begun = name.empty() ? std::vector<Volume>() : list();
  std::erase_if(begun, [&](const Volume& each) { return !each.name.starts_with(name); });
  if (begun.size() == 1) return std::move(begun.front());
  if (!begun.empty()) {
    throw base::Error(fmt::format("more than one volume begins with \"{}\"", name));
  }
  throw base::Error(fmt::format("no volume with name \"{}\" found: no such volume", name), 1);
}

std::vector<Volume> VolumeStore::list() const {
  std::vector<Volume> volumes;
  for (const std::string& name : sys::list_dir(layout_.volumes())) {
    if (auto volume = find(name)) volumes.push_back(std::move(*volume));
  }
  return volumes;
}

Volume VolumeStore::create(const Volume& wanted) const {
  check_name(wanted.name);
  Volume volume = wanted;
  if (volume.created == 0) volume.created = base::now();
  volume.fresh = true;
  volume.data = layout_.volume(volume.name) + "/data";
  Staged staged(layout_);
  const std::string data = staged.path() + "/data";
  sys::make_dir(data);
  give(data, volume);
  if (::chmod(data.c_str(), 0755) != 0) throw base::SysError(data);  // whatever our umask
  sys::create_file(staged.path() + "/volume.json", text_of(volume), 0600);
  if (!staged.publish(layout_.volume(volume.name))) {
    throw base::Error(fmt::format("volume with name {} already exists", volume.name));
  }
  return volume;
}

Volume VolumeStore::ensure(const std::string& name) const {
  if (auto found = find(name)) return *found;
  Volume volume;
  volume.name = name;
  try {
    return create(volume);
  } catch (const base::Error&) {
    if (auto found = find(name)) return *found;  // somebody was faster
    throw;
  }
}

std::optional<sys::Lock> VolumeStore::hold(const std::string& name, sys::Lock::Mode mode) const
    try {
  return sys::Lock::take(layout_.volume(name) + "/lock", mode);
} catch (const base::SysError& error) {
  if (error.number() == ENOENT) return std::nullopt;
  throw;
}

void VolumeStore::mark_used(const std::string& name) const {
  auto volume = find(name);
  if (!volume || !volume->fresh) return;
  volume->fresh = false;
  const std::string path = layout_.volume(name) + "/volume.json";
  if (volume->anonymous) {
    sys::replace_file(path, text_of(*volume), 0600);
  } else {
    replace_record(layout_, path, text_of(*volume));
  }
}

void VolumeStore::release(const std::string& name) const {
  auto volume = find(name);
  if (!volume || volume->container.empty()) return;
  volume->container.clear();
  replace_record(layout_, layout_.volume(name) + "/volume.json", text_of(*volume));
}

void VolumeStore::remove(const std::string& name) const {
  check_name(name);
  throw_away(layout_, layout_.volume(name));
}

}  // namespace storage
