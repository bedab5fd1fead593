#include "cmd/cli/options.hpp"
#include "cmd/pod/flag_values.hpp"
#include "pkg/base/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <filesystem>

namespace pod {
namespace {

using containers::VolumeMount;
using Kind = VolumeMount::Kind;

[[noreturn]] void fail(std::string_view text, std::string_view what) {
  throw base::Error(fmt::format("{}: {}", text, what));
}

void check_target(std::string_view text, const std::string& target) {
  if (!target.starts_with('/')) fail(text, "the path in the container must be absolute");
}

// A path stays one from wherever the container is started later.
std::string absolute(const std::string& path) {
  std::string whole = std::filesystem::absolute(path).lexically_normal();
  if (whole.size() > 1 && whole.ends_with('/')) whole.pop_back();
  return whole;
}

constexpr std::array<std::string_view, 26> kVolumeOptions = {
    "rw",      "ro",       "z",           "Z",          "U",          "copy",   "nocopy",
    "dev",     "nodev",    "exec",        "noexec",     "suid",       "nosuid", "bind",
    "rbind",   "private",  "rprivate",    "shared",     "rshared",    "slave",  "rslave",
    "noatime", "relatime", "strictatime", "unbindable", "runbindable"};

void apply_option(VolumeMount& mount, std::string_view text, const std::string& option) {
  if (option == "O" || option == "idmap" || option.starts_with("upperdir=")) {
    fail(text, option + ": not supported yet");
  }
  if (std::find(kVolumeOptions.begin(), kVolumeOptions.end(), option) == kVolumeOptions.end()) {
    fail(text, option + ": no such option");
  }
  if (option == "ro" || option == "rw") {
    mount.read_only = option == "ro";
  } else {
    mount.options.push_back(option);
  }
}

bool has_option(const VolumeMount& mount, std::string_view a, std::string_view b) {
  return std::any_of(mount.options.begin(), mount.options.end(),
                     [&](const std::string& each) { return each == a || each == b; });
}

// A tmpfs is as harmless as the peers make it, unless asked otherwise.
void add_tmpfs_defaults(VolumeMount& mount) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kDefaults = {
      {{"noexec", "exec"}, {"nosuid", "suid"}, {"nodev", "dev"}, {"tmpcopyup", "notmpcopyup"}}};
  for (const auto& [wanted, opposite] : kDefaults) {
    if (!has_option(mount, wanted, opposite)) mount.options.emplace_back(wanted);
  }
}

bool parse_truth(std::string_view text, const std::optional<std::string>& value) {
  const std::optional<bool> truth = base::parse_bool(value.value_or("true"));
  if (!truth) fail(text, *value + ": expected true or false");
  return *truth;
}

Kind parse_kind(std::string_view text, const std::string& type) {
  if (type == "bind") return Kind::Bind;
  if (type == "volume") return Kind::Volume;
  if (type == "tmpfs") return Kind::Tmpfs;
  if (type == "devpts") return Kind::Devpts;
  for (const char* const later : {"artifact", "glob", "image", "ramfs"}) {
    if (type == later) fail(text, "type " + type + ": not supported yet");
  }
  fail(text, "type " + type + ": not one of bind, devpts, tmpfs, volume");
}

// One key of --mount other than type, source and target. False when it is not known.
bool apply_key(VolumeMount& mount, std::string_view text, const std::string& key,
               const std::optional<std::string>& value) {
  const auto add = [&](std::string option) {
    mount.options.push_back(std::move(option));
    return true;
  };
  if (key == "ro" || key == "readonly") {
    mount.read_only = parse_truth(text, value);
    return true;
  }
  if (key == "rw") {
    mount.read_only = !parse_truth(text, value);
    return true;
  }
  if (key == "bind-propagation" && value) return add(*value);
  if (key == "bind-nonrecursive") return !parse_truth(text, value) || add("bind");
  if (key == "relabel" && value) return add(*value == "private" ? "Z" : "z");
  if (key == "U" || key == "chown") return !parse_truth(text, value) || add("U");
  if (key == "tmpfs-size" && value) return add("size=" + *value);
  if (key == "tmpfs-mode" && value) return add("mode=" + *value);
  if (key == "tmpcopyup" || key == "notmpcopyup") return add(key);
  if ((key == "subpath" || key == "volume-subpath") && value) {
    mount.subpath = *value;
    return true;
  }
  const bool is_option = !value && std::find(kVolumeOptions.begin(), kVolumeOptions.end(), key) !=
                                       kVolumeOptions.end();
  return is_option && add(key);
}

}  // namespace

VolumeMount parse_volume(const std::string& text) {
  const std::vector<std::string> parts = base::split(text, ':');
  if (parts.size() > 3) fail(text, "expected [SOURCE:]TARGET[:OPTIONS]");
  VolumeMount mount;
  mount.kind = Kind::Volume;
  mount.target = parts.size() == 1 ? parts[0] : parts[1];
  check_target(text, mount.target);
  if (parts.size() > 1) {
    if (parts[0].empty()) fail(text, "the source is empty");
    const bool is_path = parts[0].starts_with('/') || parts[0].starts_with('.');
    mount.kind = is_path ? Kind::Bind : Kind::Volume;
    mount.source = is_path ? absolute(parts[0]) : parts[0];
  }
  if (parts.size() == 3) {
    for (const std::string& option : base::split(parts[2], ','))
      apply_option(mount, text, option);
  }
  return mount;
}

VolumeMount parse_mount(const std::string& text) {
  VolumeMount mount;
  mount.kind = Kind::Volume;
  for (const std::string& part : cli::split_csv(text)) {
    const auto [key, value] = base::split_once(part, '=');
    if (key == "type" && value) {
      mount.kind = parse_kind(text, *value);
    } else if ((key == "src" || key == "source") && value) {
      mount.source = *value;
    } else if ((key == "dst" || key == "destination" || key == "target") && value) {
      mount.target = *value;
    } else if (!apply_key(mount, text, key, value)) {
      fail(text, part + ": not supported");
    }
  }
  check_target(text, mount.target);
  if (mount.kind == Kind::Bind) {
    if (mount.source.empty()) fail(text, "a bind mount needs a source");
    mount.source = absolute(mount.source);
  }
  if (mount.kind == Kind::Tmpfs) {
    if (!mount.source.empty()) fail(text, "a tmpfs has no source");
    add_tmpfs_defaults(mount);
  }
  return mount;
}

VolumeMount parse_tmpfs(const std::string& text) {
  const auto [target, options] = base::split_once(text, ':');
  VolumeMount mount;
  mount.kind = Kind::Tmpfs;
  mount.target = target;
  check_target(text, target);
  for (const std::string& option : base::split(options.value_or("rw"), ',')) {
    if (option == "ro" || option == "rw") {
      mount.read_only = option == "ro";
    } else {
      mount.options.push_back(option);
    }
  }
  add_tmpfs_defaults(mount);
  return mount;
}

}  // namespace pod
