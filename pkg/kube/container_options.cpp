#include "pkg/kube/container_options.hpp"

#include "pkg/base/text.hpp"
#include "pkg/kube/expand.hpp"
#include "pkg/oci/reference.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>

namespace kube {
namespace {

using containers::Options;

// Seconds between the stop signal and SIGKILL where the file says nothing: podman's, not the 30 of
// Kubernetes.
constexpr std::int64_t kGracePeriod = 10;

// Later variables may use earlier ones; commands may use all.
void fill_process(const Container& container, Options& out) {
  std::map<std::string, std::string> variables;
  for (const EnvVar& variable : container.env) {
    const std::string value = expand(variable.value, variables);
    variables[variable.name] = value;
    out.env.push_back(variable.name + "=" + value);
  }
  if (container.command) {
    out.entrypoint.emplace();
    for (const std::string& word : *container.command)
      out.entrypoint->push_back(expand(word, variables));
  }
  for (const std::string& word : container.args)
    out.command.push_back(expand(word, variables));
  out.workdir = container.working_dir;
  out.make_workdir = true;
  out.terminal = container.tty;
  out.interactive = container.open_stdin;
}

void fill_security(const SecurityContext& security, Options& out) {
  if (security.run_as_user || security.run_as_group) {
    out.user = std::to_string(security.run_as_user.value_or(0));
  }
  if (security.run_as_group) out.user += ":" + std::to_string(*security.run_as_group);
  for (const std::int64_t group : security.supplemental_groups)
    out.groups.push_back(std::to_string(group));
  out.privileged = security.privileged;
  out.no_new_privileges = !security.allow_privilege_escalation;
  out.read_only = security.read_only_root;
  out.read_only_tmpfs = false;  // Kubernetes leaves nothing writable but the volumes
  out.cap_add = security.add_capabilities;
  out.cap_drop = security.drop_capabilities;
}

void fill_limits(const Container& container, Options& out) {
  constexpr std::int64_t kPeriod = 100'000;  // microseconds
  constexpr std::int64_t kLeast = 1'000;     // of the kernel, for a quota
  if (container.cpu_limit && *container.cpu_limit > 0) {
    out.resources.cpu_period = kPeriod;
    out.resources.cpu_quota = std::max(kLeast, *container.cpu_limit * (kPeriod / 1000));
  }
  if (container.memory_limit && *container.memory_limit > 0) {
    out.resources.memory_limit = container.memory_limit;
  }
  // As a kubelet and the peers: what is asked for is kept for it, or is its weight among others.
  if (container.cpu_request.value_or(0) > 0) {
    constexpr std::int64_t kLeastShares = 2;
    out.resources.cpu_shares =
        static_cast<std::uint64_t>(std::max(kLeastShares, *container.cpu_request * 1024 / 1000));
  }
  if (container.memory_request.value_or(0) > 0) {
    out.resources.memory_reservation = container.memory_request;
  }
}

void fill_mounts(const Pod& pod, const Container& container, Options& out) {
  for (const VolumeMount& mount : container.mounts) {
    const auto volume =
        std::find_if(pod.volumes.begin(), pod.volumes.end(),
                     [&](const Volume& candidate) { return candidate.name == mount.volume; });
    if (volume == pod.volumes.end()) continue;
    containers::VolumeMount made;
    made.target = mount.path.starts_with('/') ? mount.path : "/" + mount.path;
    made.subpath = mount.sub_path;
    made.make_subpath = !mount.sub_path.empty();
    made.read_only = mount.read_only;
    if (volume->host_path) {
      made.kind = containers::VolumeMount::Kind::Bind;
      made.source = absolute_path(pod, volume->host_path->path);
      made.make_source = volume->host_path->type == "DirectoryOrCreate";
      made.options = {"rbind"};
    } else {
      made.kind = containers::VolumeMount::Kind::PodVolume;
      made.source = volume->name;
    }
    out.mounts.push_back(std::move(made));
  }
}

containers::RestartPolicy restart_policy(const Pod& pod, const Container& container, bool is_init) {
  using When = containers::RestartPolicy::When;
  if (container.is_sidecar) return {.when = When::Always};
  if (pod.restart_policy == RestartPolicy::Never) return {.when = When::No};
  // An init container has to succeed once.
  if (is_init || pod.restart_policy == RestartPolicy::OnFailure) return {.when = When::OnFailure};
  return {.when = When::Always};
}

auto check_of(const Probe& probe) {
  using std::chrono::seconds;
  decltype(Options::health.regular) check;
  check.test = probe.test;
  check.delay = seconds(probe.initial_delay);
  check.interval = seconds(probe.period);
  check.timeout = seconds(probe.timeout);
  check.retries = probe.failure_threshold;
  check.successes = probe.success_threshold;
  return check;
}

// A container that is not alive is started again, or ended where nothing is started again. One that
// is not ready is left alone: nobody here sends requests to those that are.
void fill_health(const Pod& pod, const Container& container, Options& out) {
  using Action = decltype(Options::health.on_failure);
  const bool restarts = pod.restart_policy != RestartPolicy::Never || container.is_sidecar;
  const std::optional<Probe>& regular = container.liveness    ? container.liveness
                                        : container.readiness ? container.readiness
                                                              : container.startup;
  if (!regular) return;  // the image may have a check, as with podman
  out.health.regular = check_of(*regular);
  if (container.liveness) out.health.on_failure = restarts ? Action::Restart : Action::Stop;
  if (!container.startup) return;
  out.health.startup = check_of(*container.startup);
  if (!restarts) out.health.startup.retries = 0;
}

// Whether the file names the registry: "quay.io/app", but not "nginx".
bool names_registry(const std::string& image) {
  const auto [host, rest] = base::split_once(image, '/');
  return rest && host.find_first_of(".:") != std::string::npos;
}

bool is_init(const Pod& pod, const Container& container) {
  return std::any_of(pod.init_containers.begin(), pod.init_containers.end(),
                     [&](const Container& init) { return init.name == container.name; });
}

}  // namespace

images::PullOptions pull_options(const Container& container, const PlayOptions& options) {
  images::PullOptions pull = options.pull;
  const oci::Reference reference = oci::Reference::parse(container.image);
  const bool is_latest =
      !reference.digest() && (reference.tag().empty() || reference.tag() == "latest");
  pull.policy = images::PullPolicy::Missing;
  if (container.pull_policy == ImagePullPolicy::Never) pull.policy = images::PullPolicy::Never;
  // What was built here has no registry to be had from.
  if (reference.registry() == "localhost") return pull;
  if (container.pull_policy == ImagePullPolicy::Always) pull.policy = images::PullPolicy::Always;
  // As podman does: what goes by a short name may well have been made or loaded here.
  const bool is_unset = container.pull_policy == ImagePullPolicy::Unset;
  if (is_unset && is_latest && names_registry(container.image)) {
    pull.policy = images::PullPolicy::Newer;
  }
  return pull;
}

containers::Options container_options(const Pod& pod, const Container& container,
                                      const PlayOptions& options) {
  const bool init = is_init(pod, container);
  Options out;
  out.name = options.pod_prefix ? fmt::format("{}-{}", pod.name, container.name) : container.name;
  out.image = container.image;
  out.pull = pull_options(container, options);
  out.pull.policy = images::PullPolicy::Never;  // a step before this one has seen to it
  fill_process(container, out);
  fill_security(container.security, out);
  fill_limits(container, out);
  fill_mounts(pod, container, out);
  out.restart = restart_policy(pod, container, init);
  if (!init || container.is_sidecar) fill_health(pod, container, out);
  out.stop_timeout = pod.grace_period.value_or(kGracePeriod);
  if (init && !container.is_sidecar) out.role = Options::Role::InitAlways;
  out.log_driver = options.log_driver;
  out.log_path = options.log_path;
  out.log_size_max = options.log_size_max;
  out.userns = options.userns;
  out.labels = pod.labels;
  out.labels["io.kubernetes.pod.name"] = pod.name;
  out.labels["io.kubernetes.container.name"] = container.name;
  out.annotations = options.annotations;
  return out;
}

}  // namespace kube
