#include "pkg/sys/caps.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"

#include <array>

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace sys {
namespace {

constexpr std::array<std::string_view, 41> kNames = {"CHOWN",
                                                     "DAC_OVERRIDE",
                                                     "DAC_READ_SEARCH",
                                                     "FOWNER",
                                                     "FSETID",
                                                     "KILL",
                                                     "SETGID",
                                                     "SETUID",
                                                     "SETPCAP",
                                                     "LINUX_IMMUTABLE",
                                                     "NET_BIND_SERVICE",
                                                     "NET_BROADCAST",
                                                     "NET_ADMIN",
                                                     "NET_RAW",
                                                     "IPC_LOCK",
                                                     "IPC_OWNER",
                                                     "SYS_MODULE",
                                                     "SYS_RAWIO",
                                                     "SYS_CHROOT",
                                                     "SYS_PTRACE",
                                                     "SYS_PACCT",
                                                     "SYS_ADMIN",
                                                     "SYS_BOOT",
                                                     "SYS_NICE",
                                                     "SYS_RESOURCE",
                                                     "SYS_TIME",
                                                     "SYS_TTY_CONFIG",
                                                     "MKNOD",
                                                     "LEASE",
                                                     "AUDIT_WRITE",
                                                     "AUDIT_CONTROL",
                                                     "SETFCAP",
                                                     "MAC_OVERRIDE",
                                                     "MAC_ADMIN",
                                                     "SYSLOG",
                                                     "WAKE_ALARM",
                                                     "BLOCK_SUSPEND",
                                                     "AUDIT_READ",
                                                     "PERFMON",
                                                     "BPF",
                                                     "CHECKPOINT_RESTORE"};

}  // namespace

int capability_number(std::string_view name) {
  std::string plain = base::upper(name);
  if (plain.starts_with("CAP_")) plain.erase(0, 4);
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames.at(i) == plain) return static_cast<int>(i);
  }
  throw base::Error("capability " + std::string(name) + ": unknown");
}

std::string capability_name(int number) {
  return "CAP_" + std::string(kNames.at(static_cast<std::size_t>(number)));
}

int last_capability() {
  int last = static_cast<int>(kNames.size()) - 1;
  while (last > 0 && ::prctl(PR_CAPBSET_READ, last, 0, 0, 0) < 0)
    --last;
  return last;
}

CapabilitySet capability_set(const std::vector<std::string>& names) {
  CapabilitySet set = 0;
  for (const std::string& name : names) {
    if (base::upper(name) == "ALL") {
      set |= (CapabilitySet{2} << static_cast<unsigned>(last_capability())) - 1;
    } else {
      set |= CapabilitySet{1} << static_cast<unsigned>(capability_number(name));
    }
  }
  return set;
}

std::vector<std::string> capability_names(CapabilitySet set) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if ((set >> i & 1U) != 0) names.push_back(capability_name(static_cast<int>(i)));
  }
  return names;
}

CapabilitySet effective_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> halves{};
  if (::syscall(SYS_capget, &header, halves.data()) != 0) throw base::SysError("capget");
  return halves[0].effective | CapabilitySet{halves[1].effective} << 32U;
}

}  // namespace sys
