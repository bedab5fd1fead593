#include "cmd/pod-runtime/command.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/sys/process.hpp"

#include <fmt/core.h>

#include <cstdio>
#include <exception>

#include <sys/stat.h>

namespace pod_runtime {
namespace {

constexpr Command kCommands[] = {
    // NOLINT(modernize-avoid-c-arrays)
    {"create", create, "Create a container; its process waits"},
    {"start", start, "Let the process of a created container go on"},
    {"run", run, "Create a container and start it"},
    {"state", state, "Show the state of a container"},
    {"kill", kill, "Send a signal to a container"},
    {"delete", delete_container, "Remove a container that has stopped"},
    {"exec", exec, "Run one more process in a container"},
    {"list", list, "List the containers"},
    {"ps", ps, "List the processes of a container"},
    {"pause", pause, "Stop all processes of a container for a while"},
    {"resume", resume, "Let the processes of a paused container go on"},
    {"update", update, "Change the limits of a container"},
    {"events", events, "Show what the kernel counts of a container"},
    {"spec", spec, "Write a config.json to begin with"},
    {"features", features, "Show what this runtime understands"},
};

const Command& find(const std::string& name) {
  for (const Command& command : kCommands) {
    if (command.name == name) return command;
  }
  if (name == "checkpoint" || name == "restore") throw base::Error(name + ": not supported", 1);
  throw base::Error(name + ": no such command", 1);
}

// What callers look for in the text: podman takes its exit status from it.
std::string in_the_fields_words(const base::Error& error) {
  std::string message = error.what();
  if (error.status() == 127 && message.find("no such file or directory") == std::string::npos) {
    message += ": executable file not found in $PATH";
  }
  return message;
}

int call(const Global& global) {
  const std::string& name = global.words.front();
  try {
    return find(name).run(global,
                          {name, {global.words.begin() + 1, global.words.end()}, "pod-runtime"});
  } catch (const base::Error& error) {
    report(global, in_the_fields_words(error));
  } catch (const std::exception& error) {
    report(global, error.what());
  }
  return name == "exec" ? 255 : 1;  // what the command itself hardly says
}

}  // namespace

std::string overview() {
  std::string text = "Commands:\n";
  for (const Command& command : kCommands)
    text += fmt::format("  {:<9} {}\n", command.name, command.summary);
  return text;
}

}  // namespace pod_runtime

int main(int argc, char** argv) {
  ::umask(022);
  base::log::set_program("pod-runtime");
  try {
    sys::open_standard_streams();
    const pod_runtime::Global global = pod_runtime::parse_global({argv + 1, argv + argc});
    const int status = pod_runtime::call(global);
    if (std::fflush(stdout) != 0) throw base::SysError("standard output");
    return status;
  } catch (const std::exception& error) {
    fmt::print(stderr, "pod-runtime: {}\n", error.what());
    return 1;
  }
}
