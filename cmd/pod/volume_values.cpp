#include "cmd/pod/volume_values.hpp"

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
using Words = std::vector<std::string_view>;

constexpr std::array<std::string_view, 28> kVolumeOptions = {
    "rw",      "ro",       "z",           "Z",          "U",           "copy",   "nocopy",
    "dev",     "nodev",    "exec",        "noexec",     "suid",        "nosuid", "bind",
    "rbind",   "private",  "rprivate",    "shared",     "rshared",     "slave",  "rslave",
    "noatime", "relatime", "strictatime", "unbindable", "runbindable", "O",      "nocreate"};

// What docker's users on other systems write: without meaning here.
constexpr std::array<std::string_view, 3> kIgnoredOptions = {"cached", "delegated", "consistent"};

bool is_in(const auto& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool has_option(const VolumeMount& mount, std::string_view a, std::string_view b) {
  return is_in(mount.options, a) || is_in(mount.options, b);
}

// Folders that an overlay writes to are given as paths.
bool is_overlay_folder(const std::string& option) {
  return option.starts_with("upperdir=/") || option.starts_with("workdir=/");
}

void check_overlay(const VolumeMount& mount, std::string_view text) {
  const auto count = [&](std::string_view prefix) {
    return std::count_if(mount.options.begin(), mount.options.end(),
                         [&](const std::string& each) { return each.starts_with(prefix); });
  };
  const auto upper = count("upperdir=");
  const auto work = count("workdir=");
  if (upper != work || upper > 1) {
    refuse_value(text, "upperdir= and workdir= belong together, once each");
  }
  if (upper > 0 && count("O") == 0) refuse_value(text, "upperdir= and workdir= need the option O");
}

}  // namespace

void refuse_value(std::string_view text, std::string_view what) {
  throw base::Error(fmt::format("{}: {}", text, what));
}

void check_target(std::string_view text, const std::string& target) {
  if (target.empty()) refuse_value(text, "the path in the container is missing");
  if (!target.starts_with('/')) refuse_value(text, "the path in the container must be absolute");
}

std::string absolute_path(const std::string& path) {
  std::string whole = std::filesystem::absolute(path).lexically_normal();
  if (whole.size() > 1 && whole.ends_with('/')) whole.pop_back();
  return whole;
}

bool is_volume_option(std::string_view word) {
  return is_in(kVolumeOptions, word);
}

void apply_volume_option(VolumeMount& mount, std::string_view text, const std::string& option) {
  if (option == "idmap" || option.starts_with("idmap=")) {
    refuse_value(text, option +
                           ": only root of the host may map the ids of its file systems; U gives "
                           "the files to the container's user");
  }
  if (is_in(kIgnoredOptions, option)) return;
  if (!is_volume_option(option) && !is_overlay_folder(option)) {
    refuse_value(text, option + ": no such option");
  }
  if (option == "ro" || option == "rw") {
    mount.read_only = option == "ro";
  } else {
    mount.options.push_back(option);
  }
}

void check_volume_options(const VolumeMount& mount, std::string_view text) {
  static const std::vector<Words> kExclusive = {
      {"exec", "noexec"},
      {"dev", "nodev"},
      {"suid", "nosuid"},
      {"bind", "rbind"},
      {"z", "Z"},
      {"copy", "nocopy"},
      {"U", "O"},
      {"private", "rprivate", "shared", "rshared", "slave", "rslave", "unbindable", "runbindable"}};
  for (const Words& words : kExclusive) {
    std::string former;
    for (const std::string_view word : words) {
      if (!is_in(mount.options, word)) continue;
      if (!former.empty()) {
        refuse_value(text, fmt::format("{} and {} exclude each other", former, word));
      }
      former = word;
    }
  }
  check_overlay(mount, text);
}

void add_tmpfs_defaults(VolumeMount& mount) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kDefaults = {
      {{"noexec", "exec"}, {"nosuid", "suid"}, {"nodev", "dev"}, {"tmpcopyup", "notmpcopyup"}}};
  for (const auto& [wanted, opposite] : kDefaults) {
    if (!has_option(mount, wanted, opposite)) mount.options.emplace_back(wanted);
  }
}

VolumeMount parse_volume(const std::string& text) {
  const std::vector<std::string> parts = base::split(text, ':');
  if (parts.size() > 3) refuse_value(text, "expected [SOURCE:]TARGET[:OPTIONS]");
  VolumeMount mount;
  mount.kind = Kind::Volume;
  mount.target = parts.size() == 1 ? parts[0] : parts[1];
  check_target(text, mount.target);
  if (parts.size() > 1) {
    if (parts[0].empty()) refuse_value(text, "the source is empty");
    const bool is_path = parts[0].starts_with('/') || parts[0].starts_with('.');
    mount.kind = is_path ? Kind::Bind : Kind::Volume;
    mount.source = is_path ? absolute_path(parts[0]) : parts[0];
  }
  if (parts.size() == 3) {
    for (const std::string& option : base::split(parts[2], ','))
      apply_volume_option(mount, text, option);
  }
  check_volume_options(mount, text);
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
