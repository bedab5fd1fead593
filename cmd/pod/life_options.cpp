#include "cmd/pod/container_options.hpp"
#include "cmd/pod/flag_values.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/base/size.hpp"
#include "pkg/base/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace pod {
namespace {

// Of Docker's drivers: command lines that name them have to go on working, as they do with podman.
constexpr std::array<std::string_view, 9> kWithoutEffect = {
    "max-file",     "mode", "max-buffer-size", "compress",      "labels",
    "labels-regex", "env",  "env-regex",       "cache-disabled"};

void apply_log_option(containers::Options& out, const std::string& text) {
  const auto [key, value] = base::split_once(text, '=');
  if (!value) throw base::Error(fmt::format("{}: expected KEY=VALUE", text));
  if (key == "path") {
    out.log_path = *value;
  } else if (key == "max-size") {
    out.log_size_max = base::parse_size(*value);
  } else if (key == "tag") {
    out.log_tag = *value;
  } else if (std::find(kWithoutEffect.begin(), kWithoutEffect.end(), key) == kWithoutEffect.end()) {
    throw base::Error(fmt::format("{}: unknown; there are path, max-size and tag", key));
  }
}

std::string log_driver_of(const std::string& text) {
  if (text == "json-file") return "k8s-file";  // as podman takes it
  for (const char* known : {"k8s-file", "none", "journald", "passthrough", "passthrough-tty"}) {
    if (text == known) return text;
  }
  throw base::Error(fmt::format(
      "{}: not one of k8s-file, json-file, journald, none, passthrough, passthrough-tty", text));
}

}  // namespace

void LifeFlags::declare(cli::Options& options) {
  options.value("--name", name, "Name; without one it is made up")
      .value("--pod", pod, "Pod to join, or new:NAME to make one")
      .value("--pod-id-file", pod_id_file, "File with the id of the pod to join")
      .flag("--replace", replace, "Remove a container of this name first")
      .flag("--rm", remove, "Remove the container when it ends")
      .value("--restart", restart, "no, on-failure[:TIMES], always, unless-stopped")
      .values("-l,--label", labels, "KEY=VALUE")
      .values("--label-file", label_files, "File with one label a line")
      .values("--annotation", annotations, "KEY=VALUE")
      .value("--cidfile", cid_file, "File to write the container's id to")
      .value("--pidfile", pid_file, "File to write the number of its first process to")
      .value("--conmon-pidfile", monitor_pid_file, "File to write its monitor's number to")
      .value("--log-driver", log_driver, "k8s-file, journald, none, passthrough")
      .values("--log-opt", log_options, "path=FILE, max-size=SIZE, tag=TEXT")
      .list("--expose", expose, "Port that it listens on: PORT[-PORT][/PROTOCOL]")
      .flag("-P,--publish-all", publish_all, "Publish all exposed ports")
      .list("--requires", dependencies, "Containers that are started before it")
      .flag("--rmi", remove_image, "As --rm, and then the image, if nobody else uses it");
}

void LifeFlags::apply(containers::Options& out) const {
  if (!name.empty() && !base::is_name(name)) {
    throw base::Error(
        fmt::format("--name: {}: letters, digits, and _ . - behind the first of them", name));
  }
  out.name = name;
  out.replace = replace;
  out.remove = remove || remove_image;
  out.remove_image = remove_image;
  if (!restart.empty()) {
    out.restart = with_flag("--restart", [&] { return containers::RestartPolicy::parse(restart); });
  }
  using When = containers::RestartPolicy::When;
  if (out.remove && (out.restart.when == When::Always || out.restart.when == When::UnlessStopped)) {
    throw base::Error(fmt::format("--rm cannot be used with --restart={}", restart));
  }
  for_each_value("--label-file", label_files,
                 [&](const auto& path) { add_label_file(out.labels, path); });
  for_each_value("--label", labels, [&](const auto& text) { add_pair(out.labels, text); });
  for_each_value("--annotation", annotations,
                 [&](const auto& text) { add_setting(out.annotations, text); });
  out.dependencies = dependencies;
  out.cid_file = cid_file;
  out.pid_file = pid_file;
  out.monitor_pid_file = monitor_pid_file;
  out.log_driver = with_flag("--log-driver", [&] { return log_driver_of(log_driver); });
  for_each_value("--log-opt", log_options, [&](const auto& text) { apply_log_option(out, text); });
  out.expose = expose;
  out.publish_all = publish_all;
}

}  // namespace pod
