#include "cmd/pod-runtime/command.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/bundle/store.hpp"
#include "pkg/oci/spec.hpp"
#include "pkg/sys/file.hpp"

#include <fmt/core.h>

#include <cstdlib>

#include <unistd.h>

namespace pod_runtime {
namespace {

constexpr base::log::Level kChatty = base::log::Level::Info;

struct Typed {
  bool version = false;
  bool help = false;
  bool systemd = false;
  std::string cgroup_manager;
  std::string log_level;
  std::string rootless;
};

void declare(cli::Options& options, Global& global, Typed& typed) {
  options.value("--root", global.root, "Where the state of containers is kept")
      .value("--log", global.log, "File for errors and warnings")
      .value("--log-format", global.log_format, "text or json")
      .value("--log-level", typed.log_level, "debug, info, warn (the default), error")
      .flag("--debug", global.debug, "The same as --log-level=debug")
      .flag("--systemd-cgroup", typed.systemd, "The same as --cgroup-manager=systemd")
      .value("--cgroup-manager", typed.cgroup_manager, "cgroupfs, systemd or disabled")
      .value("--rootless", typed.rootless, "auto, true or false; it is found out")
      .hidden()
      .ignore_values("--criu")
      .flag("-v,--version", typed.version, "Show the version")
      .flag("-h,--help", typed.help, "Show this help")
      .stop_at_argument()
      .rest("COMMAND", global.words);
}

void show_version() {
  fmt::print("pod-runtime version {}\nspec: {}\n", POD_VERSION, oci::kSpecVersion);
}

void settle(Global& global, const Typed& typed) {
  if (global.log_format != "text" && global.log_format != "json") {
    throw base::Error("--log-format " + global.log_format + ": expected text or json");
  }
  if (!typed.log_level.empty()) base::log::set_level(base::log::parse_level(typed.log_level));
  if (global.debug) base::log::set_level(base::log::Level::Debug);
  if (!global.log.empty()) base::log::set_file(global.log, global.log_format == "json");
  global.cgroups = bundle::parse_cgroups(typed.systemd ? "systemd" : typed.cgroup_manager);
  if (global.root.empty()) global.root = bundle::default_root();
  if (global.root.starts_with('/')) return;
  char* here = ::realpath(".", nullptr);  // NOLINT
  if (here != nullptr) global.root = std::string(here) + "/" + global.root;
  std::free(here);  // NOLINT
}

}  // namespace

Global parse_global(const std::vector<std::string>& words) {
  Global global;
  Typed typed;
  cli::Options options("Run containers of OCI bundles");
  declare(options, global, typed);
  options.parse({"", words});
  if (typed.version) {
    show_version();
    std::exit(0);  // NOLINT(concurrency-mt-unsafe): nothing has begun yet
  }
  if (typed.help || global.words.empty()) {
    fmt::print("{}\n{}", overview(), options.help("", "pod-runtime"));
    std::exit(typed.help ? 0 : 1);  // NOLINT(concurrency-mt-unsafe)
  }
  if (global.words.front() == "features" || global.words.front() == "spec") return global;
  settle(global, typed);
  return global;
}

// podman takes the file for one {"level": "error", "msg": ...}: an error stands there alone, unless
// somebody wants to see everything.
void report(const Global& global, const std::string& message) {
  if (global.log.empty()) {
    fmt::print(stderr, "pod-runtime: {}\n", message);
    return;
  }
  const bool is_alone = global.log_format == "json" && !base::log::is_enabled(kChatty);
  if (is_alone && sys::exists(global.log)) (void)!::truncate(global.log.c_str(), 0);
  base::log::write(base::log::Level::Error, message);
  fmt::print(stderr, "{}\n", message);
}

}  // namespace pod_runtime
