#include "cmd/pod/container_options.hpp"

#include "cmd/cli/options.hpp"
#include "cmd/pod/flag_values.hpp"
#include "cmd/pod/selection.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/containers/container.hpp"
#include "pkg/containers/inherit.hpp"
#include "pkg/oci/platform.hpp"
#include "pkg/pods/lifecycle.hpp"
#include "pkg/sys/secret.hpp"
#include "pkg/userns/ids.hpp"

#include <fmt/core.h>

#include <cstdlib>

namespace pod {
namespace {

// "container:NAME" with the id instead of the name.
void resolve_container(const home::Home& home, std::string& mode) {
  constexpr std::string_view kPrefix = "container:";
  if (!mode.starts_with(kPrefix)) return;
  mode = std::string(kPrefix) + containers::get(home, mode.substr(kPrefix.size())).id;
}

void take_names(const home::Home& home, const IsolationFlags& flags, containers::Options& options) {
  if (flags.subuid_name.empty() && flags.subgid_name.empty()) return;
  const userns::Ids ids =
      with_flag(flags.subuid_name.empty() ? "--subgidname" : "--subuidname",
                [&] { return userns::ids_of_names(flags.subuid_name, flags.subgid_name, home); });
  options.uid_map = userns::extent_texts(ids.uids);
  options.gid_map = userns::extent_texts(ids.gids);
}

// --pod new:NAME: the network and the names are the pod's then.
pods::Pod make_pod(const home::Home& home, const std::string& name, containers::Options& options) {
  pods::Options wanted;
  wanted.name = name;
  wanted.network = std::exchange(options.network, {});
  wanted.hostname = std::exchange(options.hostname, "");
  wanted.userns = std::exchange(options.userns, "");
  wanted.create_command = options.create_command;
  return pods::create(home, wanted);
}

// As podman has it.
std::string userns_of_environment() {
  const char* mode = std::getenv("PODMAN_USERNS");
  return mode == nullptr ? "" : mode;
}

void refuse_what_belongs_to_the_pod(const NetworkFlags& flags) {
  const auto refuse = [](const char* flag, bool is_given) {
    if (is_given) throw base::Error(fmt::format("{}: belongs to the pod", flag));
  };
  refuse("--network", !flags.networks.empty());
  refuse("--publish", !flags.ports.empty());
  refuse("--dns", !flags.dns.empty());
  refuse("--dns-search", !flags.dns_searches.empty());
  refuse("--dns-option", !flags.dns_options.empty());
  refuse("--add-host", !flags.hosts.empty());
  refuse("--no-hosts", flags.no_hosts);
  refuse("--hostname", !flags.hostname.empty());
}

}  // namespace

void ImageFlags::declare(cli::Options& options) {
  options.value("--pull", policy, "When to pull the image: missing, always, never, newer")
      .flag("-q,--quiet", quiet, "No progress while pulling")
      .value("--platform", platform, "Platform of the image: OS/ARCH[/VARIANT]")
      .value("--arch", arch, "Architecture of the image")
      .value("--os", os, "Operating system of the image")
      .value("--variant", variant, "Variant of the architecture: v7")
      .value("--authfile", auth_file, "File with credentials")
      .value("--cert-dir", cert_dir, "Directory with certificates of the registry")
      .value("--creds", creds, "USER:PASSWORD for the registry")
      .flag("--tls-verify", tls_verify, "Check the registry's certificate")
      .flag("--rootfs", rootfs,
            "The first argument is a root file system's directory, not an image")
      .ignore_flags("--disable-content-trust")
      .value("--retry", retries, "How often to try to pull again")
      .value("--retry-delay", retry_delay, "Wait before the first retry, doubled for each further")
      .refuse("--decryption-key,--signature-policy");
}

void ImageFlags::apply(images::PullOptions& out) const {
  out.policy = with_flag("--pull", [&] { return images::parse_pull_policy(policy); });
  out.quiet = quiet;
  if (!platform.empty() && !(arch + os + variant).empty()) {
    throw base::Error("--platform cannot be used with --arch, --os and --variant");
  }
  out.platform = platform;
  if (!(arch + os + variant).empty()) {
    const oci::Platform host = oci::Platform::host();
    out.platform = (os.empty() ? host.os : os) + "/" + (arch.empty() ? host.architecture : arch);
    if (!variant.empty()) out.platform += "/" + variant;
  }
  out.auth_file = auth_file;
  out.cert_dir = cert_dir;
  out.creds = creds;
  out.tls_verify = tls_verify;
  if (retries) out.retries = std::to_string(*retries);
  out.retry_delay = retry_delay;
}

void ContainerFlags::declare(cli::Options& options) {
  life.declare(options);
  health.declare(options);
  process.declare(options);
  files.declare(options);
  network.declare(options);
  isolation.declare(options);
  resources.declare(options);
  image.declare(options);
  options.stop_at_argument().argument("IMAGE", image_name).rest("COMMAND", command);
}

std::vector<std::string> typed(const cli::Arguments& arguments) {
  std::vector<std::string> words = base::split("pod " + arguments.command, ' ');
  words.insert(words.end(), arguments.words.begin(), arguments.words.end());
  sys::mask_secrets(words);
  return words;
}

containers::Options ContainerFlags::take(const cli::Arguments& arguments) const {
  containers::Options out;
  (image.rootfs ? out.rootfs : out.image) = image_name;
  if (out.rootfs.ends_with(":O")) {
    out.rootfs.erase(out.rootfs.size() - 2);
    out.covers_rootfs = true;
  }
  out.command = command;
  out.create_command = typed(arguments);
  image.apply(out.pull);
  process.apply(out);
  isolation.apply(out);
  resources.apply(out.resources);
  if (!out.has_cgroup && !out.resources.empty()) {
    throw base::Error("--cgroups=disabled: there are no limits without a cgroup");
  }
  network.apply(out.network);
  out.hostname = network.hostname;
  files.apply(out);
  life.apply(out);
  health.apply(out.health);
  return out;
}

void resolve(const home::Home& home, const ContainerFlags& flags, containers::Options& options) {
  resolve_container(home, options.network.mode);
  resolve_container(home, options.pid_mode);
  resolve_container(home, options.ipc_mode);
  resolve_container(home, options.uts_mode);
  for (std::string& dependency : options.dependencies)
    dependency = containers::get(home, dependency).id;

  constexpr std::string_view kNew = "new:";
  std::string name = flags.life.pod;
  if (!flags.life.pod_id_file.empty()) name = read_id_files({flags.life.pod_id_file}).front();
  const bool is_in_some_pod = !name.empty() && !name.starts_with(kNew);
  take_names(home, flags.isolation, options);
  const bool has_maps = !options.uid_map.empty() || !options.gid_map.empty();
  if (options.userns.empty() && !is_in_some_pod && !has_maps)
    options.userns = userns_of_environment();
  resolve_container(home, options.userns);
  if (name.empty()) return;
  if (name.starts_with(kNew)) {
    options.pod = make_pod(home, name.substr(kNew.size()), options).id;
    return;
  }
  refuse_what_belongs_to_the_pod(flags.network);
  if (has_maps) throw base::Error("--uidmap, --gidmap: belong to the pod");
  const pods::Pod pod = pods::get(home, name);
  options.pod = pod.id;
  if (pod.options.inherited) containers::inherit(options, *pod.options.inherited);
}

}  // namespace pod
