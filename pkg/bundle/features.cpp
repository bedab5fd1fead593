#include "pkg/bundle/features.hpp"

#include "pkg/oci/spec.hpp"
#include "pkg/runtime/mount_options.hpp"
#include "pkg/seccomp/compile.hpp"
#include "pkg/seccomp/profile.hpp"
#include "pkg/sys/caps.hpp"

namespace bundle {
namespace {

using base::Json;

Json is_enabled(bool value) {
  return Json::object({{"enabled", value}});
}

Json cgroup_features() {
  return Json::object(
      {{"v1", false}, {"v2", true}, {"systemd", true}, {"systemdUser", true}, {"rdma", true}});
}

Json seccomp_features() {
  return Json::object({{"enabled", true},
                       {"actions", seccomp::action_words()},
                       {"operators", seccomp::comparison_words()},
                       {"archs", seccomp::architecture_words()},
                       {"knownFlags", seccomp::flag_words()},
                       {"supportedFlags", seccomp::flag_words()}});
}

Json linux_features() {
  Json json = Json::object();
  json["namespaces"] =
      std::vector<std::string>{"cgroup", "ipc", "mount", "network", "pid", "time", "user", "uts"};
  json["capabilities"] = sys::capability_names(sys::capability_set({"ALL"}));
  json["cgroup"] = cgroup_features();
  json["seccomp"] = seccomp_features();
  json["apparmor"] = is_enabled(true);
  json["selinux"] = is_enabled(false);
  json["intelRdt"] = is_enabled(false);
  json["mountExtensions"] = Json::object({{"idmap", is_enabled(true)}});
  return json;
}

}  // namespace

Json features() {
  return Json::object(
      {{"ociVersionMin", "1.0.0"},
       {"ociVersionMax", oci::kSpecVersion},
       {"hooks", std::vector<std::string>{"prestart", "createRuntime", "createContainer",
                                          "startContainer", "poststart", "poststop"}},
       {"mountOptions", runtime::mount_option_words()},
       {"linux", linux_features()},
       {"annotations",
        Json::object({{"io.github.seccomp.libseccomp.version", seccomp::library_version()}})},
       {"potentiallyUnsafeConfigAnnotations", std::vector<std::string>{}}});
}

}  // namespace bundle
