#include "pkg/containers/service.hpp"

#include "pkg/base/error.hpp"
#include "pkg/monitor/notifier.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace containers {
namespace {

constexpr const char* kInside = "/run/notify";
// What systemd takes for "power off in good order"; see systemd(1), "Signals".
constexpr const char* kInitStop = "SIGRTMIN+3";

template <std::size_t Count>
void check_word(const char* flag, const std::string& word,
                const std::array<const char*, Count>& known) {
  if (std::find(known.begin(), known.end(), word) != known.end()) return;
  std::string list;
  for (const char* one : known)
    list += (list.empty() ? "" : ", ") + std::string(one);
  throw base::Error(std::string(flag) + "=" + word + ": expected one of " + list);
}

// As podman has it; a shell in front does not count.
bool starts_init(const std::vector<std::string>& command) {
  const bool is_shell = command.size() > 2 && command[0] == "/bin/sh" && command[1] == "-c";
  const std::string& program = command.at(is_shell ? 2 : 0);
  const std::string name = program.substr(program.rfind('/') + 1);
  return name == "systemd" || program == "/sbin/init" || program == "/usr/sbin/init" ||
         program == "/usr/local/sbin/init";
}

}  // namespace

void check_service(const Options& options) {
  check_word("--systemd", options.systemd, std::array{"true", "false", "always"});
  check_word("--sdnotify", options.sdnotify,
             std::array{"container", "conmon", "healthy", "ignore"});
}

void settle_init(Container& container) {
  Options& options = container.options;
  const bool is_one =
      options.systemd == "always" || (options.systemd == "true" && starts_init(container.command));
  options.systemd = is_one ? "always" : "false";
  if (is_one && options.stop_signal.empty()) options.stop_signal = kInitStop;
}

bool is_init(const Options& options) {
  return options.systemd == "always";
}

void add_init_mounts(const Options& options, std::vector<oci::Mount>& mounts) {
  for (const char* place : {"/run", "/run/lock", "/tmp", "/var/log/journal"}) {
    const auto is_asked = [&](const VolumeMount& mount) { return mount.target == place; };
    const auto is_there = [&](const oci::Mount& mount) { return mount.destination == place; };
    if (std::any_of(options.mounts.begin(), options.mounts.end(), is_asked) ||
        std::any_of(mounts.begin(), mounts.end(), is_there)) {
      continue;
    }
    mounts.push_back({place, "tmpfs", "tmpfs", {"rw", "nosuid", "nodev", "tmpcopyup"}, ""});
  }
}

std::string service_of(const Options& options) {
  const char* socket = std::getenv("NOTIFY_SOCKET");  // NOLINT(concurrency-mt-unsafe): we have none
  return socket == nullptr || options.sdnotify == "ignore" ? "" : socket;
}

void add_service(const home::Home& home, const Container& container, oci::Spec& spec) {
  if (container.options.sdnotify != "container" || service_of(container.options).empty()) return;
  const std::string folder = container.runtime_directory(home) + "/" + monitor::Notifier::kFolder;
  spec.mounts.push_back(
      {kInside, "bind", folder, {"bind", "nosuid", "nodev", "noexec", "rprivate"}, ""});
  spec.process.env.push_back(std::string("NOTIFY_SOCKET=") + kInside + "/" +
                             monitor::Notifier::kSocket);
}

}  // namespace containers
