#include "cmd/pod/flag_values.hpp"

#include "pkg/base/json.hpp"
#include "pkg/base/text.hpp"
#include "pkg/sys/file.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include <sys/resource.h>
#include <unistd.h>

namespace pod {
namespace {

struct Limit {
  std::string_view name;
  int number;
};
constexpr std::array kLimits = {
    Limit{"AS", RLIMIT_AS},
    Limit{"CORE", RLIMIT_CORE},
    Limit{"CPU", RLIMIT_CPU},
    Limit{"DATA", RLIMIT_DATA},
    Limit{"FSIZE", RLIMIT_FSIZE},
    Limit{"LOCKS", RLIMIT_LOCKS},
    Limit{"MEMLOCK", RLIMIT_MEMLOCK},
    Limit{"MSGQUEUE", RLIMIT_MSGQUEUE},
    Limit{"NICE", RLIMIT_NICE},
    Limit{"NOFILE", RLIMIT_NOFILE},
    Limit{"NPROC", RLIMIT_NPROC},
    Limit{"RSS", RLIMIT_RSS},
    Limit{"RTPRIO", RLIMIT_RTPRIO},
    Limit{"RTTIME", RLIMIT_RTTIME},
    Limit{"SIGPENDING", RLIMIT_SIGPENDING},
    Limit{"STACK", RLIMIT_STACK},
};

rlimit of_caller(int number) {
  rlimit limit{};
  if (::getrlimit(static_cast<__rlimit_resource>(number), &limit) != 0)
    throw base::SysError("getrlimit");
  return limit;
}

std::uint64_t limit_value(const std::string& text, std::uint64_t most) {
  if (text == "-1" || text == "unlimited") return most;
  const std::optional<std::int64_t> value = base::parse_integer(text);
  if (!value || *value < 0) throw base::Error(fmt::format("{}: not a limit", text));
  return static_cast<std::uint64_t>(*value);
}

std::vector<std::string> paths_of(const std::string& text) {
  std::vector<std::string> paths;
  for (const std::string& part : base::split(text, ',')) {
    for (const std::string& path : base::split(part, ':'))
      paths.push_back(path);
  }
  return paths;
}

template <typename Each>
void for_each_line(const std::string& path, Each each) {
  for (const std::string& line : base::split(sys::read_file(path), '\n')) {
    std::string_view text = line;
    while (text.starts_with(' ') || text.starts_with('\t'))
      text.remove_prefix(1);
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (!text.empty() && !text.starts_with('#')) each(std::string(text));
  }
}

}  // namespace

void add_env(std::vector<std::string>& env, const std::string& text) {
  const auto [name, value] = base::split_once(text, '=');
  if (name.empty()) throw base::Error(fmt::format("{}: a name is missing", text));
  if (value) {
    env.push_back(text);
    return;
  }
  const bool is_prefix = name.ends_with('*');
  const std::string wanted = is_prefix ? name.substr(0, name.size() - 1) : name + "=";
  for (char** each = environ; *each != nullptr; ++each) {
    if (std::string_view(*each).starts_with(wanted)) env.emplace_back(*each);
  }
}

void add_env_file(std::vector<std::string>& env, const std::string& path) {
  for_each_line(path, [&](const std::string& line) { add_env(env, line); });
}

void add_caller_env(std::vector<std::string>& env) {
  for (char** each = environ; *each != nullptr; ++each)
    env.emplace_back(*each);
}

void add_pair(std::map<std::string, std::string>& pairs, const std::string& text) {
  const auto [key, value] = base::split_once(text, '=');
  if (key.empty()) throw base::Error(fmt::format("{}: a key is missing", text));
  pairs[key] = value.value_or("");
}

void add_label_file(std::map<std::string, std::string>& labels, const std::string& path) {
  for_each_line(path, [&](const std::string& line) { add_pair(labels, line); });
}

void add_setting(std::map<std::string, std::string>& settings, const std::string& text) {
  const auto [key, value] = base::split_once(text, '=');
  if (key.empty() || !value) throw base::Error(fmt::format("{}: expected KEY=VALUE", text));
  settings[key] = *value;
}

void add_ulimit(std::vector<oci::Rlimit>& limits, const std::string& text) {
  if (text == "host") {
    for (const Limit& limit : kLimits) {
      const rlimit now = of_caller(limit.number);
      limits.push_back({"RLIMIT_" + std::string(limit.name), now.rlim_cur, now.rlim_max});
    }
    return;
  }
  const auto [name, values] = base::split_once(text, '=');
  std::string wanted = base::upper(name);
  if (wanted.starts_with("RLIMIT_")) wanted = wanted.substr(7);
  const auto* const found = std::find_if(kLimits.begin(), kLimits.end(),
                                         [&](const Limit& each) { return each.name == wanted; });
  if (found == kLimits.end()) throw base::Error(fmt::format("{}: no such limit", name));
  if (!values) throw base::Error(fmt::format("{}: expected NAME=SOFT[:HARD]", text));
  const std::uint64_t most = of_caller(found->number).rlim_max;
  const auto [soft, hard] = base::split_once(*values, ':');
  const oci::Rlimit limit = {"RLIMIT_" + wanted, limit_value(soft, most),
                             limit_value(hard.value_or(soft), most)};
  if (limit.soft > limit.hard) throw base::Error(fmt::format("{}: soft is above hard", text));
  if (limit.hard > most) {
    throw base::Error(fmt::format("{}: more than the {} that this user may have", text, most));
  }
  limits.push_back(limit);
}

oci::Device parse_device(const std::string& text) {
  const std::vector<std::string> parts = base::split(text, ':');
  const auto is_access = [](const std::string& part) {
    return !part.empty() && part.find_first_not_of("rwm") == std::string::npos;
  };
  if (parts.size() > 3 || !parts[0].starts_with('/')) {
    throw base::Error(fmt::format("{}: expected HOST[:CONTAINER][:rwm]", text));
  }
  oci::Device device{.path = parts[0], .source = parts[0]};
  if (parts.size() == 2 && is_access(parts[1])) {
    device.access = parts[1];
  } else if (parts.size() > 1) {
    device.path = parts[1];
  }
  if (parts.size() == 3) device.access = parts[2];
  if (!is_access(device.access) || !device.path.starts_with('/')) {
    throw base::Error(fmt::format("{}: expected HOST[:CONTAINER][:rwm]", text));
  }
  return device;
}

std::vector<std::string> parse_entrypoint(const std::string& text) {
  if (text.empty()) return {};
  if (text.starts_with('[')) {
    try {
      return base::Json::parse(text).as_strings();
    } catch (const base::Error&) {
      return {text};  // as the peers do: then it is a word
    }
  }
  return {text};
}

base::Time parse_end(const std::string& text) {
  std::optional<std::chrono::nanoseconds> duration;
  try {
    duration = base::parse_duration(text);
  } catch (const base::Error&) {
    return base::parse_moment(text);
  }
  return base::now() + duration->count();
}

void apply_security(containers::Options& options, const std::string& text) {
  const std::size_t end = text.find_first_of("=:");
  const std::string key = text.substr(0, end);
  const std::string value = end == std::string::npos ? "" : text.substr(end + 1);
  const auto append = [&](std::vector<std::string>& paths) {
    const std::vector<std::string> more = paths_of(value);
    paths.insert(paths.end(), more.begin(), more.end());
  };
  if (key == "seccomp") {
    options.seccomp = value;
  } else if (key == "no-new-privileges") {
    const std::optional<bool> wanted = base::parse_bool(value.empty() ? "true" : value);
    if (!wanted) throw base::Error(fmt::format("{}: expected true or false", text));
    options.no_new_privileges = *wanted;
  } else if (key == "mask") {
    append(options.mask);
  } else if (key == "unmask") {
    append(options.unmask);
  } else if (key == "proc-opts") {
    options.proc_options = base::split(value, ',');
  } else if (key == "label" && value != "disable") {
    // Where there are no labels there is nothing to be put on a container, as with the peers.
    if (sys::exists("/sys/fs/selinux/enforce")) {
      throw base::Error(fmt::format("{}: SELinux labels are not supported", text));
    }
  } else if (key == "apparmor" && value != "unconfined") {
    throw base::Error(fmt::format("{}: only root of the machine can confine by a profile", text));
  } else if (key != "label" && key != "apparmor") {
    // Those two ask for what is so anyway: we put no label and no profile on a container.
    throw base::Error(
        fmt::format("{}: not one of seccomp, no-new-privileges, mask, unmask, proc-opts, label, "
                    "apparmor",
                    text));
  }
}

std::string parse_namespace(const std::string& text, const std::vector<std::string>& added) {
  const bool is_known = text.empty() || text == "private" || text == "host" ||
                        text.starts_with("container:") || text.starts_with("ns:") ||
                        std::find(added.begin(), added.end(), text) != added.end();
  if (!is_known) throw base::Error(fmt::format("{}: no such mode", text));
  return text;
}

}  // namespace pod
