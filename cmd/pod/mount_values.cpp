// --mount: a list of keys, of which each type of mount knows its own.
#include "cmd/cli/options.hpp"
#include "cmd/pod/flag_values.hpp"
#include "cmd/pod/volume_values.hpp"
#include "pkg/base/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include <glob.h>

namespace pod {
namespace {

using containers::VolumeMount;
using Kind = VolumeMount::Kind;

// What was typed, part by part.
struct Typed {
  std::string_view text;
  VolumeMount mount;
  bool is_glob = false;
  bool has_access = false;  // ro or rw
};

Kind parse_kind(Typed& typed, const std::string& type) {
  static const std::map<std::string, Kind> kKinds = {
      {"bind", Kind::Bind},     {"devpts", Kind::Devpts}, {"glob", Kind::Bind},
      {"image", Kind::Image},   {"ramfs", Kind::Ramfs},   {"tmpfs", Kind::Tmpfs},
      {"volume", Kind::Volume},
  };
  typed.is_glob = type == "glob";
  if (const auto found = kKinds.find(type); found != kKinds.end()) return found->second;
  if (type == "artifact") refuse_value(typed.text, "type artifact: not supported yet");
  refuse_value(typed.text,
               "type " + type + ": not one of bind, devpts, glob, image, ramfs, tmpfs, volume");
}

bool parse_truth(std::string_view text, const std::optional<std::string>& value) {
  const std::optional<bool> truth = base::parse_bool(value.value_or("true"));
  if (!truth) refuse_value(text, *value + ": expected true or false");
  return *truth;
}

void set_access(Typed& typed, bool read_only) {
  if (typed.has_access && typed.mount.read_only != read_only) {
    refuse_value(typed.text, "ro and rw exclude each other");
  }
  typed.mount.read_only = read_only;
  typed.has_access = true;
}

// Keys that are true or false. False when it is none of them.
bool apply_switch(Typed& typed, const std::string& key, const std::optional<std::string>& value) {
  const auto add_if_true = [&](const char* option) {
    if (parse_truth(typed.text, value)) typed.mount.options.emplace_back(option);
    return true;
  };
  if (key == "ro" || key == "readonly") {
    set_access(typed, parse_truth(typed.text, value));
    return true;
  }
  if (key == "rw" || key == "readwrite") {
    set_access(typed, !parse_truth(typed.text, value));
    return true;
  }
  if (key == "bind-nonrecursive") return add_if_true("bind");
  if (key == "U" || key == "chown") return add_if_true("U");
  if (key == "tmpcopyup") return add_if_true("tmpcopyup");
  if (key == "notmpcopyup") return add_if_true("notmpcopyup");
  if (key == "volume-nocopy") return add_if_true("nocopy");
  return false;
}

// Keys with a value.
bool apply_setting(Typed& typed, const std::string& key, const std::string& value) {
  VolumeMount& mount = typed.mount;
  const bool is_memory = mount.kind == Kind::Tmpfs || mount.kind == Kind::Ramfs;
  if (key == "bind-propagation" || key == "volume-opt") {
    apply_volume_option(mount, typed.text, value);
  } else if (key == "relabel") {
    if (value != "private" && value != "shared") {
      refuse_value(typed.text, "relabel " + value + ": not one of private, shared");
    }
    mount.options.emplace_back(value == "private" ? "Z" : "z");
  } else if (is_memory && (key == "tmpfs-size" || key == "size")) {
    mount.options.push_back("size=" + value);
  } else if (is_memory && (key == "tmpfs-mode" || key == "mode")) {
    mount.options.push_back("mode=" + value);
  } else if (key == "subpath" || key == "volume-subpath" || key == "image-subpath") {
    mount.subpath = value;
  } else if (mount.kind == Kind::Devpts &&
             (key == "uid" || key == "gid" || key == "mode" || key == "max")) {
    mount.options.push_back(fmt::format("{}={}", key, value));
  } else {
    return key == "consistency";  // means nothing here, as for docker
  }
  return true;
}

void apply_part(Typed& typed, const std::string& part) {
  const auto [key, value] = base::split_once(part, '=');
  if (key == "type" && value) return;
  if ((key == "src" || key == "source") && value) {
    typed.mount.source = *value;
  } else if ((key == "dst" || key == "dest" || key == "destination" || key == "target") && value) {
    typed.mount.target = *value;
  } else if (apply_switch(typed, key, value)) {
    return;
  } else if (key == "idmap" || (!value && is_volume_option(key))) {
    apply_volume_option(typed.mount, typed.text, part);
  } else if (!value || !apply_setting(typed, key, *value)) {
    refuse_value(typed.text, part + ": not known for this type of mount");
  }
}

void complete(Typed& typed) {
  VolumeMount& mount = typed.mount;
  const bool has_source =
      mount.kind == Kind::Bind || mount.kind == Kind::Image || mount.kind == Kind::Volume;
  if (!has_source && !mount.source.empty()) refuse_value(typed.text, "this type has no source");
  if (has_source && mount.kind != Kind::Volume && mount.source.empty()) {
    refuse_value(typed.text, "the source is missing");
  }
  if (mount.kind == Kind::Bind) mount.source = absolute_path(mount.source);
  if (mount.kind == Kind::Tmpfs) add_tmpfs_defaults(mount);
  if (mount.kind == Kind::Image && !typed.has_access) mount.read_only = true;
  check_volume_options(mount, typed.text);
}

Typed parse_typed(const std::string& text) {
  Typed typed{.text = text, .mount = {}};
  typed.mount.kind = Kind::Volume;
  const std::vector<std::string> parts = cli::split_csv(text);
  for (const std::string& part : parts) {
    if (part.starts_with("type=")) typed.mount.kind = parse_kind(typed, part.substr(5));
  }
  for (const std::string& part : parts)
    apply_part(typed, part);
  complete(typed);
  return typed;
}

std::vector<std::string> expand(const Typed& typed) {
  glob_t found{};
  const int status = ::glob(typed.mount.source.c_str(), 0, nullptr, &found);
  std::vector<std::string> paths(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  if (status != 0) refuse_value(typed.text, typed.mount.source + ": no file fits");
  return paths;
}

}  // namespace

VolumeMount parse_mount(const std::string& text) {
  Typed typed = parse_typed(text);
  check_target(text, typed.mount.target);
  return typed.mount;
}

std::vector<VolumeMount> parse_mounts(const std::string& text) {
  const Typed typed = parse_typed(text);
  if (!typed.is_glob) return {parse_mount(text)};
  std::vector<VolumeMount> mounts;
  if (!typed.mount.target.empty()) check_target(text, typed.mount.target);
  for (const std::string& path : expand(typed)) {
    VolumeMount mount = typed.mount;
    mount.source = path;
    const std::string name = path.substr(path.rfind('/'));
    mount.target = mount.target.empty() ? path : absolute_path(mount.target) + name;
    mounts.push_back(std::move(mount));
  }
  return mounts;
}

}  // namespace pod
