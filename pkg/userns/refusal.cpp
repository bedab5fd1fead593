#include "pkg/userns/refusal.hpp"

#include "pkg/base/text.hpp"
#include "pkg/sys/file.hpp"

#include <cerrno>

namespace userns {
namespace {

std::string setting(const std::string& name) {
  try {
    return std::string(base::trim(sys::find_file("/proc/sys/" + name).value_or("")));
  } catch (const base::SysError&) {
    return "";  // not ours to read
  }
}

// A line of /proc/self/status.
std::string status_field(const std::string& name) {
  for (const std::string& line : base::split(sys::read_file("/proc/self/status"), '\n')) {
    if (line.starts_with(name + ":")) {
      return std::string(base::trim(std::string_view(line).substr(name.size() + 1)));
    }
  }
  return "";
}

std::string why_not_permitted() {
  if (setting("kernel/unprivileged_userns_clone") == "0") {
    return "user namespaces are switched off: sudo sysctl -w kernel.unprivileged_userns_clone=1";
  }
  if (setting("user/max_user_namespaces") == "0") {
    return "user namespaces are switched off: sudo sysctl -w user.max_user_namespaces=65536";
  }
  if (setting("kernel/apparmor_restrict_unprivileged_userns") == "1") {
    return "AppArmor restricts user namespaces: install pod's profile, or "
           "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0";
  }
  if (status_field("Seccomp") == "2") {
    return "a seccomp filter around us forbids it; in a container, it needs "
           "--security-opt seccomp=unconfined or a privileged job";
  }
  if (status_field("NoNewPrivs") == "1") return "no_new_privs is set here";
  return "";
}

}  // namespace

std::string hint_for(int error_number) {
  std::string hint;
  if (error_number == EPERM || error_number == EACCES) hint = why_not_permitted();
  if (error_number == ENOSPC || error_number == EUSERS) {
    hint =
        "the limit of namespaces is reached: see /proc/sys/user/max_*_namespaces, and no more "
        "than 32 can be nested";
  }
  if (error_number == EINVAL) hint = "an id is outside of what our own user namespace has";
  return hint.empty() ? "" : " (" + hint + ")";
}

base::SysError refusal(const std::string& step, int error_number) {
  const std::string hint = hint_for(error_number);
  return base::SysError(step + hint, error_number);
}

}  // namespace userns
