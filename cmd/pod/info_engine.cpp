#include "cmd/pod/info_engine.hpp"

#include "pkg/base/text.hpp"
#include "pkg/containers/spec.hpp"
#include "pkg/oci/platform.hpp"
#include "pkg/sys/child.hpp"
#include "pkg/sys/file.hpp"

#include <fmt/core.h>

#include <cmath>

#include <unistd.h>

namespace pod {
namespace {

using base::Json;

std::string own_path() {
  char path[4096];
  const ssize_t size = ::readlink("/proc/self/exe", path, sizeof path);
  return size > 0 ? std::string(path, static_cast<std::size_t>(size)) : "";
}

// "5h 8m 56.00s (Approximately 0.21 days)".
std::string uptime() {
  const std::string text = sys::find_file("/proc/uptime").value_or("");
  const double seconds = base::parse_number(base::split(text, ' ').front()).value_or(0);
  const auto whole = static_cast<std::int64_t>(seconds);
  const std::string hours = whole >= 3600 ? fmt::format("{}h ", whole / 3600) : "";
  const std::string minutes = whole >= 60 ? fmt::format("{}m ", whole / 60 % 60) : "";
  const std::string days =
      whole >= 3600 ? fmt::format(" (Approximately {:.2f} days)", seconds / 86'400) : "";
  return fmt::format("{}{}{:.2f}s{}", hours, minutes, static_cast<double>(whole % 60), days);
}

// Of all time since the host started, in percent. See proc(5), /proc/stat.
Json processor_use() {
  const std::string text = sys::find_file("/proc/stat").value_or("");
  double all = 0;
  double ticks[4] = {};  // user, nice, system, idle
  std::size_t column = 0;
  for (const std::string& word : base::split(base::split(text, '\n').front(), ' ')) {
    const auto number = base::parse_integer(word);
    if (!number) continue;
    if (column < 4) ticks[column] = static_cast<double>(*number);
    all += static_cast<double>(*number);
    ++column;
  }
  const auto percent = [&](double part) {
    return all > 0 ? std::round(part / all * 10'000) / 100 : 0;
  };
  return Json::object({{"userPercent", percent(ticks[0] + ticks[1])},
                       {"systemPercent", percent(ticks[2])},
                       {"idlePercent", percent(ticks[3])}});
}

Json program(const std::string& name) {
  return Json::object({{"executable", sys::find_program(name)}, {"package", ""}, {"version", ""}});
}

}  // namespace

void add_engine(Json& host) {
  const Json self = Json::object({{"name", "pod"},
                                  {"package", ""},
                                  {"path", own_path()},
                                  {"version", "pod version " POD_VERSION}});
  host["buildahVersion"] = "";
  host["conmon"] = self;  // the monitor is the same program
  host["cpuUtilization"] = processor_use();
  host["databaseBackend"] = "";
  host["eventLogger"] = "file";
  host["linkmode"] = "dynamic";
  host["logDriver"] = "k8s-file";
  host["ociRuntime"] = self;
  host["pasta"] = program("pasta");
  host["remoteSocket"] = Json::object({{"path", ""}, {"exists", false}});
  host["serviceIsRemote"] = false;
  host["slirp4netns"] = program("slirp4netns");
  host["uptime"] = uptime();
  host["variant"] = "";
}

Json security_section(bool is_rootless) {
  const std::string capabilities = base::join(containers::capabilities_of({}), ",");
  return Json::object({{"rootless", is_rootless},
                       {"capabilities", capabilities},
                       {"DefaultCapabilities()", capabilities},
                       {"seccompEnabled", true},
                       {"seccompProfilePath", ""},
                       {"selinuxEnabled", false},
                       {"apparmorEnabled", false}});
}

Json plugins_section() {
  return Json::object(
      {{"volume", Json(std::vector<std::string>{"local"})},
       {"network", Json(std::vector<std::string>{"pasta", "slirp4netns", "host", "none"})},
       {"log", Json(std::vector<std::string>{"k8s-file", "journald", "none", "passthrough"})},
       {"authorization", Json()}});
}

Json version_section() {
  const oci::Platform host = oci::Platform::host();
  return Json::object({{"APIVersion", POD_VERSION},
                       {"Version", POD_VERSION},
                       {"GoVersion", ""},
                       {"GitCommit", ""},
                       {"BuiltTime", ""},
                       {"Built", 0},
                       {"OsArch", host.os + "/" + host.architecture},
                       {"Os", host.os},
                       {"Arch()", host.architecture}});
}

}  // namespace pod
