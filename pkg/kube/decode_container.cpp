#include "pkg/kube/decode_container.hpp"

#include "network/names.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/kube/decode.hpp"
#include "pkg/kube/decode_probe.hpp"
#include "pkg/kube/quantity.hpp"
#include "pkg/oci/reference.hpp"
#include "pkg/sys/caps.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace kube {
namespace {

constexpr std::int64_t kMostId = 2147483647;

void decode_image(const Reader& reader, Container& container) {
  const Reader image = reader.at("image");
  container.image = image.text();
  if (image) {
    try {
      (void)oci::Reference::parse(container.image);
    } catch (const base::Error& error) {
      image.error(error.what());
    }
  }
  constexpr ImagePullPolicy kPolicies[] = {ImagePullPolicy::IfNotPresent, ImagePullPolicy::Always,
                                           ImagePullPolicy::Never};
  const auto choice = reader.choice("imagePullPolicy", {"IfNotPresent", "Always", "Never"});
  if (choice) container.pull_policy = kPolicies[*choice];
}

void decode_env(const Reader& reader, Container& container) {
  for (const Reader& item : reader.at("env").items()) {
    const Reader name = item.at("name");
    if (name && (name.text().empty() || name.text().find('=') != std::string::npos)) {
      name.error(fmt::format("{} is not the name of a variable", name.text()));
    }
    if (item.at("valueFrom")) {
      if (item.at("value")) item.error("value and valueFrom exclude each other");
      continue;
    }
    container.env.push_back({name.text(), item.text("value")});
  }
}

Port decode_port(const Reader& reader) {
  constexpr std::int64_t kMost = 65535;
  Port port;
  port.name = reader.text("name");
  port.container_port =
      static_cast<std::uint16_t>(reader.number("containerPort", 1, kMost).value_or(0));
  port.host_port = static_cast<std::uint16_t>(reader.number("hostPort", 0, kMost).value_or(0));
  port.host_ip = reader.text("hostIP");
  if (!port.host_ip.empty() && !network::is_address(port.host_ip)) {
    reader.at("hostIP").error(port.host_ip + " is not an address");
  }
  const auto protocol = reader.choice("protocol", {"TCP", "UDP", "SCTP"});
  if (protocol == 1) port.protocol = "udp";
  if (protocol == 2) {
    port.protocol = "sctp";
    if (port.host_port != 0)
      reader.at("protocol").notice("not supported yet: port is not published");
  }
  return port;
}

void decode_ports(const Reader& reader, Container& container) {
  for (const Reader& item : reader.at("ports").items()) {
    const Port port = decode_port(item);
    const bool is_taken = std::any_of(
        container.ports.begin(), container.ports.end(),
        [&](const Port& other) { return !port.name.empty() && other.name == port.name; });
    if (is_taken) item.at("name").error(fmt::format("{} is the name of another port", port.name));
    container.ports.push_back(port);
  }
}

bool is_inside(const std::string& path) {
  const std::vector<std::string> parts = base::split(path, '/');
  return !path.starts_with('/') && std::find(parts.begin(), parts.end(), "..") == parts.end();
}

VolumeMount decode_mount(const Reader& reader) {
  VolumeMount mount;
  mount.volume = reader.text("name");
  mount.path = reader.text("mountPath");
  mount.sub_path = reader.text("subPath");
  mount.read_only = reader.flag("readOnly");
  if (!is_inside(mount.sub_path)) {
    reader.at("subPath").error("has to be a relative path without ..");
  }
  if (reader.at("mountPath") && (mount.path.empty() || mount.path.find(':') != std::string::npos)) {
    reader.at("mountPath").error("has to be a path without a colon");
  }
  return mount;
}

void miss_volume(const Reader& name, const std::vector<Volume>& volumes) {
  std::vector<std::string> known(volumes.size());
  std::transform(volumes.begin(), volumes.end(), known.begin(),
                 [](const Volume& volume) { return volume.name; });
  const auto near = base::suggest(name.text(), known);
  name.error(fmt::format("there is no volume {}{}", name.text(),
                         near ? "; did you mean " + *near + "?" : ""));
}

void decode_mounts(const Reader& reader, const std::vector<Volume>& volumes, Container& container) {
  for (const Reader& item : reader.at("volumeMounts").items()) {
    const VolumeMount mount = decode_mount(item);
    const auto volume = std::find_if(volumes.begin(), volumes.end(),
                                     [&](const Volume& v) { return v.name == mount.volume; });
    if (volume == volumes.end()) {
      miss_volume(item.at("name"), volumes);
    } else if (!volume->host_path && !volume->empty_dir) {
      item.notice(fmt::format("left out: volume {} is not supported yet", mount.volume));
    } else {
      container.mounts.push_back(mount);
    }
  }
}

std::vector<Reader> members(const Reader& reader) {
  std::vector<Reader> out;
  if (!reader) return out;
  for (const Node::Member& member : reader.node()->members)
    if (member.value.kind == Node::Kind::Scalar) out.push_back(reader.at(member.key));
  return out;
}

void decode_requests(const Reader& requests, Container& container) {
  for (const Reader& request : members(requests)) {
    const auto quantity = Quantity::parse(request.text());
    if (!quantity) continue;  // the check has said so
    if (request.path() == requests.at("cpu").path()) {
      container.cpu_request = quantity->thousandths();
    } else if (request.path() == requests.at("memory").path()) {
      container.memory_request = quantity->whole();
    } else {
      request.notice("ignored: there is nobody to share this machine out");
    }
  }
}

void decode_limits(const Reader& reader, Container& container) {
  const Reader resources = reader.at("resources");
  const Reader limits = resources.at("limits");
  for (const Reader& limit : members(limits)) {
    const auto quantity = Quantity::parse(limit.text());
    if (!quantity) continue;  // the check has said so
    std::optional<std::int64_t> amount;
    if (limit.path() == limits.at("cpu").path()) {
      amount = container.cpu_limit = quantity->thousandths();
    } else if (limit.path() == limits.at("memory").path()) {
      amount = container.memory_limit = quantity->whole();
    } else {
      limit.notice("not supported yet");
      continue;
    }
    if (!amount) limit.error("is too large");
  }
  decode_requests(resources.at("requests"), container);
}

std::vector<std::string> decode_capabilities(const Reader& list) {
  std::vector<std::string> names;
  for (const Reader& item : list.items()) {
    try {
      (void)sys::capability_set({item.text()});
    } catch (const base::Error& error) {
      item.error(error.what());
    }
    names.push_back(item.text());
  }
  return names;
}

void decode_security(const Reader& reader, SecurityContext& security) {
  const Reader context = reader.at("securityContext");
  decode_identity(context, security);
  security.privileged = context.flag("privileged");
  security.read_only_root = context.flag("readOnlyRootFilesystem");
  security.allow_privilege_escalation = context.flag("allowPrivilegeEscalation", true);
  security.add_capabilities = decode_capabilities(context.at("capabilities").at("add"));
  security.drop_capabilities = decode_capabilities(context.at("capabilities").at("drop"));
  // What podman generates for --privileged --security-opt=no-new-privileges.
  if (security.privileged && !security.allow_privilege_escalation) {
    context.at("allowPrivilegeEscalation").notice("Kubernetes wants true beside privileged");
  }
}

void decode_restart(const Reader& reader, Container& container, bool is_init) {
  const auto choice = reader.choice("restartPolicy", {"Always", "OnFailure", "Never"});
  if (!choice) return;
  if (is_init && *choice == 0) {
    container.is_sidecar = true;
  } else {
    reader.at("restartPolicy").notice("not supported yet");
  }
}

}  // namespace

void decode_identity(const Reader& reader, SecurityContext& security) {
  if (const auto id = reader.number("runAsUser", 0, kMostId)) security.run_as_user = id;
  if (const auto id = reader.number("runAsGroup", 0, kMostId)) security.run_as_group = id;
  const Reader seccomp = reader.at("seccompProfile");
  if (seccomp && seccomp.text("type") != "RuntimeDefault") seccomp.notice("not supported yet");
}

Container decode_container(const Reader& reader, const Surroundings& surroundings, bool is_init) {
  Container container;
  container.name = reader.text("name");
  if (reader.at("name") && !is_dns_label(container.name)) {
    reader.at("name").error(
        fmt::format("{} is not a name: small letters, digits and dashes", container.name));
  }
  container.security = surroundings.security;
  decode_image(reader, container);
  if (reader.at("command") && !reader.at("command").node()->is_empty()) {
    container.command = reader.texts("command");
  }
  container.args = reader.texts("args");
  container.working_dir = reader.text("workingDir");
  decode_env(reader, container);
  decode_ports(reader, container);
  decode_mounts(reader, surroundings.volumes, container);
  decode_limits(reader, container);
  decode_security(reader, container.security);
  decode_restart(reader, container, is_init);
  decode_probes(reader, container);
  container.open_stdin = reader.flag("stdin");
  container.tty = reader.flag("tty");
  return container;
}

}  // namespace kube
