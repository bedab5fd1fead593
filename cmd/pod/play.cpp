#include "pkg/kube/play.hpp"

#include "cmd/cli/options.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/container_options.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/kube/down.hpp"
#include "pkg/kube/load.hpp"

#include <fmt/core.h>

#include <cstdio>
#include <string>
#include <vector>

namespace pod {
namespace {

struct Flags {
  kube::PlayOptions play;
  std::vector<std::string> files;
  NetworkFlags network;
  LifeFlags life;
  ImageFlags image;
  bool no_pod_prefix = false;
  bool dry_run = false;
  bool strict = false;
  bool wait = false;
  bool down = false;
  bool force = false;
};

void declare(cli::Options& options, Flags& flags) {
  options.flag("--dry-run", flags.dry_run, "Show what would be done and do nothing")
      .flag("--strict", flags.strict, "Fail for fields that are not honoured")
      .flag("--replace", flags.play.replace, "Put a new pod in the place of one of the same name")
      .flag("--start", flags.play.start, "Start the pods")
      .flag("-w,--wait", flags.wait, "Stay until the pods end or ctrl-c, then take them down")
      .flag("-q,--quiet", flags.image.quiet, "No progress and no notices")
      .values("--network,--net", flags.network.networks, "pasta[:OPTIONS], slirp4netns, none, host")
      .list("--publish", flags.network.ports, "[[IP:][HOST-PORT]:]PORT[/PROTOCOL]")
      .flag("--publish-all", flags.play.publish_all, "Publish container ports without hostPort too")
      .flag("--no-hosts", flags.network.no_hosts, "Leave the image's /etc/hosts")
      .flag("--no-hostname", flags.network.no_hostname, "Leave the image's /etc/hostname")
      .flag("--no-pod-prefix", flags.no_pod_prefix, "Call containers CONTAINER, not POD-CONTAINER")
      .values("--annotation", flags.life.annotations, "KEY=VALUE for pods and containers")
      .value("--userns", flags.play.userns, "User namespace of the containers")
      .value("--log-driver", flags.life.log_driver, "k8s-file, journald or none")
      .values("--log-opt", flags.life.log_options, "path=FILE, max-size=SIZE, tag=TEXT")
      .value("--authfile", flags.image.auth_file, "File with credentials")
      .value("--cert-dir", flags.image.cert_dir, "Directory with certificates of the registry")
      .value("--creds", flags.image.creds, "USER:PASSWORD for the registry")
      .flag("--tls-verify", flags.image.tls_verify, "Check the registry's certificate")
      .flag("--down", flags.down, "The same as pod down")
      .hidden()
      .flag("--force", flags.force, "With --down: remove volumes")
      .hidden()
      .ignore_flags("--no-trunc")
      .refuse("--build,--configmap,--context-dir,--ip,--ip6,--mac-address,--seccomp-profile-root")
      .refuse("--service-container,--service-exit-code-propagation,--signature-policy")
      .rest("FILE", flags.files, 1);
}

kube::PlayOptions take(const Flags& flags) {
  kube::PlayOptions play = flags.play;
  flags.network.apply(play.network);
  play.publish.swap(play.network.ports);
  flags.image.apply(play.pull);
  containers::Options container;
  flags.life.apply(container);
  play.annotations = container.annotations;
  play.log_driver = container.log_driver;
  play.log_path = container.log_path;
  play.log_size_max = container.log_size_max;
  play.pod_prefix = !flags.no_pod_prefix;
  return play;
}

void tell_notices(const std::vector<std::string>& notices, const Flags& flags) {
  if (flags.strict && !notices.empty()) throw base::Error(base::join(notices, "\n"));
  if (flags.image.quiet) return;
  for (const std::string& notice : notices)
    fmt::print(stderr, "{}\n", notice);
}

// As the peers print it; what it came to goes to the other stream.
void print(const std::vector<kube::Played>& played, bool quiet) {
  for (const kube::Played& pod : played) {
    if (!quiet) fmt::print(stderr, "pod {}: {}\n", pod.name, pod.outcome);
    fmt::print("Pod:\n{}\n{}:\n", pod.id, pod.containers.size() == 1 ? "Container" : "Containers");
    for (const std::string& id : pod.containers)
      fmt::print("{}\n", id);
    fmt::print("\n");
  }
  std::fflush(stdout);
}

}  // namespace

int play(Arguments arguments) {
  Flags flags;
  cli::Options options("Run the pods of Kubernetes YAML files (- is standard input)");
  declare(options, flags);
  options.parse(arguments);
  if (flags.down) return down({arguments.command, flags.files});
  const kube::PlayOptions play = take(flags);

  const kube::Loaded loaded = kube::load(flags.files);
  tell_notices(loaded.notices, flags);

  const home::Home home = home::Home::open();
  if (flags.dry_run) {
    for (const kube::Step& step : kube::plan(home, loaded.pods, play))
      fmt::print("{}\n", step.text());
    return 0;
  }
  const std::vector<kube::Played> played = kube::play(home, loaded.pods, play);
  print(played, flags.image.quiet);
  if (!flags.wait) return 0;

  kube::wait_for_end(home, played);
  std::vector<std::string> names;
  for (const kube::Played& pod : played)
    names.push_back(pod.name);
  kube::TakenDown done;
  kube::take_down(home, names, done);
  return 0;
}

}  // namespace pod
