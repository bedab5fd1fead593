#include "cmd/cli/format.hpp"
#include "cmd/cli/options.hpp"
#include "cmd/pod/command.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/sys/process.hpp"
#include "pkg/sys/secret.hpp"

#include <fmt/core.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include <sys/stat.h>

namespace {

// What stands before the command's name.
struct Global {
  bool debug = false;
  bool version = false;
  bool help = false;
  std::string log_level;
  std::string root;
  std::string runroot;
  std::string storage_driver;
  std::string runtime;
  std::string cgroup_manager;
  std::string events_backend;
  std::string context;
  std::vector<std::string> words;
};

void declare(cli::Options& options, Global& global) {
  options.value("--log-level", global.log_level, "trace, debug, info, warn (the default), error")
      .flag("-D,--debug", global.debug, "The same as --log-level=debug")
      .hidden()
      .value("--root", global.root, "Where images and containers are kept")
      .value("--runroot", global.runroot, "Where the state of running containers is kept")
      .value("--storage-driver", global.storage_driver, "overlay, fuse-overlayfs or flat")
      .value("--runtime", global.runtime, "OCI runtime that starts containers, a name or path")
      .flag("-v,--version", global.version, "Show the version")
      .ignore_values("--context,--cgroup-manager,--events-backend")
      .refuse(
          "--cdi-spec-dir,--config,--conmon,--connection,-c,--cpu-profile,--default-mounts-file")
      .refuse("--hooks-dir,--host,-H,--identity,--imagestore,--max-workers,--memory-profile")
      .refuse("--module,--namespace,--network-backend,--network-config-dir,--cni-config-dir")
      .refuse("--noout,--out,--pull-option,--registries-conf,--remote,-r,--runtime-flag")
      .refuse("--ssh,--storage-opt,--syslog,--tls-ca,--tls-cert,--tls-details,--tls-key,--tmpdir")
      .refuse("--trace,--transient-store,--url,--volumepath")
      .stop_at_argument()
      .rest("COMMAND", global.words);
}

// What programs that we start are to know as well goes into the environment.
void apply(const Global& global) {
  const auto set = [](const char* name, const std::string& value) {
    if (!value.empty()) ::setenv(name, value.c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
  };
  set("POD_ROOT", global.root);
  set("POD_RUNROOT", global.runroot);
  set("POD_STORAGE_DRIVER", global.storage_driver);
  set("POD_RUNTIME", global.runtime);
  const std::string level = global.debug ? "debug" : global.log_level;
  if (level.empty()) return;
  base::log::set_level(base::log::parse_level(level));
  set("POD_LOG_LEVEL", level);
}

// Errors begin with the command's name, which those of its options do already.
int call(const pod::Command& command, const cli::Arguments& arguments) {
  try {
    return pod::run_command(command, arguments);
  } catch (base::Error& error) {
    if (!std::string_view(error.what()).starts_with(arguments.command + ": ")) {
      error.during(arguments.command);
    }
    throw;
  }
}

int run(const std::vector<std::string>& words) {
  // The commands that matter for speed have no options before them: nothing is declared for those.
  Global global;
  if (!words.empty() && words.front().starts_with('-')) {
    cli::Options options("Run containers and pods without a daemon and without root");
    declare(options, global);
    options.flag("-h,--help", global.help, "Show this help");
    options.parse({"", words});
    apply(global);
  } else {
    global.words = words;
  }
  if (global.version) return pod::version({"version", {"--short"}});
  const std::vector<std::string>& rest = global.words;
  const bool asks_for_group =
      rest.size() == 1 || (rest.size() == 2 && (rest[1] == "--help" || rest[1] == "-h"));
  const pod::Found found = pod::find_command(rest);
  if (found.command != nullptr && global.help) {
    return call(*found.command, {found.arguments.command, {"--help"}});
  }
  if (found.command != nullptr) return call(*found.command, found.arguments);
  if (global.help || rest.empty() || (pod::is_group(rest.front()) && asks_for_group)) {
    cli::print(pod::overview(rest.empty() ? "" : rest.front()));
    return global.help || !rest.empty() ? 0 : 125;
  }
  throw base::Error(pod::why_unknown(rest));
}

}  // namespace

int main(int argc, char** argv) {
  ::umask(022);  // what containers see of our files, their users can read
  try {
    sys::open_standard_streams();
    const std::vector<std::string> words(argv + 1, argv + argc);
    sys::hide_secrets(argc, argv);
    return run(words);
  } catch (const base::Error& error) {
    std::fflush(stdout);
    fmt::print(stderr, "pod: {}\n", error.what());
    return error.status();
  } catch (const std::exception& error) {
    fmt::print(stderr, "pod: {}\n", error.what());
    return 125;
  }
}
