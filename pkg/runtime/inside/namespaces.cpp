#include "pkg/runtime/inside/calls.hpp"
#include "pkg/runtime/inside/enter.hpp"
#include "pkg/runtime/inside/stages.hpp"

#include <cstring>

#include <sched.h>
#include <sys/prctl.h>

namespace runtime::inside {
namespace {

// Entering makes us as secret as a program with the set-user-id bit, and forgets whose death is
// ours. Our parent has to see our namespaces.
bool join_and_make(const Making& making) noexcept {
  if (making.user < 0) return true;
  return ::setns(making.user, CLONE_NEWUSER) == 0 && ::unshare(making.flags) == 0 &&
         ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_PDEATHSIG, 9 /* SIGKILL */, 0, 0, 0) == 0;
}

// False when a step failed, with `failure` saying which.
bool set_up(const Making& making, Failure& failure) noexcept {
  if (!join_and_make(making)) {
    describe(failure, Step::JoinNamespace, "user");
    return false;
  }
  if (making.hostname != nullptr &&
      ::sethostname(making.hostname, ::strlen(making.hostname)) != 0) {
    describe(failure, Step::Hostname, making.hostname);
    return false;
  }
  char byte = 0;
  if (::read(making.gate, &byte, 1) <= 0) ::_exit(125);
  for (const MountParameter& setting : making.sysctl) {
    if (write_file(setting.key, setting.value)) continue;
    describe(failure, Step::Sysctl, setting.key);
    return false;
  }
  return true;
}

}  // namespace

bool set_names(const Plan& plan, Subject& subject) noexcept {
  if (plan.hostname != nullptr) {
    subject = plan.hostname;
    if (::sethostname(plan.hostname, ::strlen(plan.hostname)) != 0) return false;
  }
  if (plan.domainname == nullptr) return true;
  subject = plan.domainname;
  return ::setdomainname(plan.domainname, ::strlen(plan.domainname)) == 0;
}

bool set_sysctl(const Plan& plan, Subject& subject) noexcept {
  for (const MountParameter& setting : plan.sysctl) {
    subject = setting.key;
    if (!write_file(setting.key, setting.value)) return false;
  }
  return true;
}

int make_namespaces(void* plain) noexcept {
  const auto& making = *static_cast<const Making*>(plain);
  ::prctl(PR_SET_PDEATHSIG, 9 /* SIGKILL */, 0, 0, 0);
  close_quietly(making.gate_end);  // its end says that our parent is gone: it may be already
  set_signal_mask(kAllSignals);
  Failure failure;
  (void)set_up(making, failure);
  // A member of the pod could otherwise reach the host's files through /proc/1/root. Not before the
  // parent has written our maps: they are closed to it from then on.
  if (making.stays) ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  if (::write(making.report, &failure, sizeof failure) < 0) ::_exit(125);
  if (making.stays) {
    ::syscall(SYS_close_range, 0, ~0U, 0);
    ::_exit(reap(0));
  }
  char byte = 0;
  while (::read(making.gate, &byte, 1) > 0) {
  }
  ::_exit(125);
}

}  // namespace runtime::inside
