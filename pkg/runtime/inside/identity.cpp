#include "pkg/runtime/inside/calls.hpp"
#include "pkg/runtime/inside/stages.hpp"

#include <linux/capability.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/stat.h>

namespace runtime::inside {
namespace {

constexpr unsigned kCapabilityBits = 64;

// What is written to /dev/stdout opens the pipe anew, so it has to belong to who writes.
void give_pipes_to(uid_t uid) noexcept {
  for (int stream = 0; stream <= 2; ++stream) {
    struct stat status {};
    if (::fstat(stream, &status) == 0 && S_ISFIFO(status.st_mode)) {
      (void)!::fchown(stream, uid, static_cast<gid_t>(-1));
    }
  }
}

bool has_bit(std::uint64_t set, unsigned bit) noexcept {
  return (set >> bit & 1U) != 0;
}

// It may have been killed before we ask for this, and its word to go on may lie in the gate. From
// inside a PID namespace it cannot be seen; but then nobody can read our report any more.
bool die_with_parent(const Plan& plan) noexcept {
  if (::prctl(PR_SET_PDEATHSIG, 9 /* SIGKILL */, 0, 0, 0) != 0) return false;
  pollfd reader{plan.report, 0, 0};
  if (::poll(&reader, 1, 0) > 0 && (reader.revents & POLLERR) != 0) ::_exit(125);
  return true;
}

}  // namespace

bool set_limits(const Plan& plan, Subject& subject) noexcept {
  for (const LimitPlan& limit : plan.limits) {
    subject = limit.name;
    if (::syscall(SYS_prlimit64, 0, limit.resource, &limit.limit, nullptr) != 0) return false;
  }
  return true;
}

bool bound_capabilities(const Plan& plan, Subject& /*subject*/) noexcept {
  for (unsigned bit = 0; bit < kCapabilityBits; ++bit) {
    if (has_bit(plan.capabilities.bounding, bit)) continue;
    if (::prctl(PR_CAPBSET_DROP, bit, 0, 0, 0) == 0) continue;
    return errno == EINVAL;  // past the last that this kernel knows
  }
  return true;
}

// Without no_new_privs a filter needs CAP_SYS_ADMIN, which we are about to give up.
bool filter_before_identity(const Plan& plan, Subject& /*subject*/) noexcept {
  return plan.no_new_privileges || install_filter(plan);
}

bool take_identity(const Plan& plan, Subject& subject) noexcept {
  if (plan.has_terminal) (void)!::fchown(0, plan.uid, static_cast<gid_t>(-1));
  if (plan.uid != 0) give_pipes_to(plan.uid);
  if (::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0) return false;
  subject = "groups";
  // EPERM: a namespace of a single id, where nobody can change groups, and the image's mean
  // nothing.
  if (!plan.keeps_groups && ::syscall(SYS_setgroups, plan.groups.count, plan.groups.items) != 0 &&
      (errno != EPERM || plan.needs_groups)) {
    return false;
  }
  subject = "group";
  if (::syscall(SYS_setresgid, plan.gid, plan.gid, plan.gid) != 0) return false;
  subject = "user";
  return ::syscall(SYS_setresuid, plan.uid, plan.uid, plan.uid) == 0;
}

bool take_capabilities(const Plan& plan, Subject& subject) noexcept {
  const CapabilityPlan& wanted = plan.capabilities;
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2];  // NOLINT(modernize-avoid-c-arrays): as capset(2) wants it
  for (unsigned half = 0; half < 2; ++half) {
    data[half].effective = static_cast<std::uint32_t>(wanted.effective >> (32 * half));
    data[half].permitted = static_cast<std::uint32_t>(wanted.permitted >> (32 * half));
    data[half].inheritable = static_cast<std::uint32_t>(wanted.inheritable >> (32 * half));
  }
  if (::syscall(SYS_capset, &header, &data[0]) != 0) return false;
  subject = "ambient";
  for (unsigned bit = 0; bit < kCapabilityBits; ++bit) {
    if (!has_bit(wanted.ambient, bit)) continue;
    if (::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, bit, 0, 0) != 0) return false;
  }
  // Changing credentials forgets it, so not before now.
  return !plan.dies_with_parent || die_with_parent(plan);
}

bool filter_calls(const Plan& plan, Subject& /*subject*/) noexcept {
  if (!plan.no_new_privileges) return true;
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && install_filter(plan);
}

}  // namespace runtime::inside
