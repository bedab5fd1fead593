#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/info_engine.hpp"
#include "network/network.hpp"
#include "pkg/base/text.hpp"
#include "pkg/cgroup/cgroup.hpp"
#include "pkg/cgroup/systemd.hpp"
#include "pkg/containers/container.hpp"
#include "pkg/oci/platform.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/userns/mapping.hpp"
#include "storage/usage.hpp"

#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace pod {
namespace {

using base::Json;

Json extents(const std::vector<userns::Extent>& all) {
  Json list = Json::array();
  for (const userns::Extent& each : all) {
    list.push_back(Json::object({{"container_id", std::int64_t{each.inside}},
                                 {"host_id", std::int64_t{each.outside}},
                                 {"size", std::int64_t{each.count}}}));
  }
  return list;
}

// NAME="value" lines; see os-release(5).
Json distribution() {
  Json out = Json::object({{"distribution", "unknown"}, {"version", "unknown"}});
  const std::string text = sys::find_file("/etc/os-release").value_or("");
  for (const std::string& line : base::split(text, '\n')) {
    const auto [key, value] = base::split_once(line, '=');
    std::string_view plain = value ? std::string_view(*value) : std::string_view();
    if (plain.size() > 1 && plain.starts_with('"')) plain = plain.substr(1, plain.size() - 2);
    if (key == "ID") out["distribution"] = plain;
    if (key == "VERSION_ID") out["version"] = plain;
    if (key == "VERSION_CODENAME") out["codename"] = plain;
  }
  return out;
}

void add_machine(Json& host) {
  utsname names{};
  ::uname(&names);
  struct sysinfo memory {};
  ::sysinfo(&memory);
  const auto bytes = [&](unsigned long count) {  // NOLINT(google-runtime-int): as in sysinfo(2)
    return static_cast<std::int64_t>(count) * static_cast<std::int64_t>(memory.mem_unit);
  };
  const oci::Platform platform = oci::Platform::host();
  host["arch"] = platform.architecture;
  host["os"] = platform.os;
  host["kernel"] = std::string(names.release);
  host["hostname"] = std::string(names.nodename);
  host["distribution"] = distribution();
  host["cpus"] = static_cast<std::int64_t>(::sysconf(_SC_NPROCESSORS_ONLN));
  host["memTotal"] = bytes(memory.totalram);
  host["memFree"] = bytes(memory.freeram);
  host["swapTotal"] = bytes(memory.totalswap);
  host["swapFree"] = bytes(memory.freeswap);
}

// Where the cgroups of containers with limits will be.
void add_limits(Json& host, const home::Home& home) {
  const cgroup::Delegation delegation = cgroup::find_delegation();
  const bool is_unified = sys::exists("/sys/fs/cgroup/cgroup.controllers");
  const bool is_at_hand = !delegation.path.empty();
  const bool can_ask = !is_at_hand && is_unified && !cgroup::systemd_socket(home.uid).empty();
  host["cgroupControllers"] =
      Json(can_ask ? cgroup::controllers_of_scopes(home.uid) : delegation.controllers);
  host["cgroupManager"] = can_ask ? "systemd" : "cgroupfs";
  host["cgroupVersion"] = is_unified || is_at_hand ? "v2" : "v1";
  host["CgroupsVersion()"] = host["cgroupVersion"];
  host["isolation"]["limits"] = is_at_hand ? "cgroup v2 at " + delegation.path
                                : can_ask  ? "cgroup v2, in a scope that systemd makes"
                                           : "none";
  host["isolation"]["limitsReason"] = delegation.reason;
}

// How containers are held apart from the host here, and why not better.
void add_isolation(Json& host, const home::Home& home) {
  const userns::Mapping mapping = userns::mapping_of(home);
  const network::Choice choice = network::choose({});

  host["idMappings"] =
      Json::object({{"uidmap", extents(mapping.uids)}, {"gidmap", extents(mapping.gids)}});
  host["isolation"] =
      Json::object({{"userNamespace", mapping.is_single() ? "a single id" : "all subordinate ids"},
                    {"userNamespaceReason", mapping.reason}});
  add_limits(host, home);
  host["networkBackend"] = choice.mode;
  host["networkBackendReason"] = choice.reason;
  host["security"] = security_section(home.uid != 0);
}

Json store_of(const home::Home& home) {
  std::int64_t running = 0;
  std::int64_t paused = 0;
  const std::vector<containers::Container> all = containers::list(home);
  for (const containers::Container& each : all) {
    const containers::Status status = containers::state_of(home, each).status;
    running += status == containers::Status::Running ? 1 : 0;
    paused += status == containers::Status::Paused ? 1 : 0;
  }
  const auto count = static_cast<std::int64_t>(all.size());
  return storage::store_section(home, Json::object({{"number", count},
                                                    {"paused", paused},
                                                    {"running", running},
                                                    {"stopped", count - running - paused}}));
}

}  // namespace

int info(Arguments arguments) {
  std::string format;

  cli::Options options("Show this host and how containers run on it");
  options.value("-f,--format", format, "json, or a Go template").ignore_flags("-D,--debug");
  options.parse(arguments);

  const home::Home home = home::Home::open();
  Json host = Json::object();
  add_machine(host);
  add_isolation(host, home);
  add_engine(host);
  const Json all = Json::object({{"host", host},
                                 {"store", store_of(home)},
                                 {"registries", Json::object()},
                                 {"plugins", plugins_section()},
                                 {"version", version_section()}});
  cli::print(format.empty() ? cli::format_yaml(all) : cli::format_object(format, all));
  return 0;
}

}  // namespace pod
