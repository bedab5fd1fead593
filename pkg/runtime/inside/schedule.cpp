#include "pkg/runtime/inside/calls.hpp"
#include "pkg/runtime/inside/stages.hpp"

#include <sys/personality.h>

namespace runtime::inside {
namespace {

constexpr int kOfProcess = 1;    // IOPRIO_WHO_PROCESS
constexpr int kJoinKeyring = 1;  // KEYCTL_JOIN_SESSION_KEYRING

}  // namespace

bool take_processors(const ProcessorSet& processors) noexcept {
  return processors.size == 0 ||
         ::syscall(SYS_sched_setaffinity, 0, processors.size, &processors.bits[0]) == 0;
}

bool set_schedule(const Plan& plan, Subject& subject) noexcept {
  subject = "execCPUAffinity.final";
  if (!take_processors(plan.processors)) return false;
  subject = "scheduler";
  if (plan.schedule.size != 0 && ::syscall(SYS_sched_setattr, 0, &plan.schedule, 0) != 0) {
    return false;
  }
  subject = "ioPriority";
  if (plan.io_priority >= 0 && ::syscall(SYS_ioprio_set, kOfProcess, 0, plan.io_priority) != 0) {
    return false;
  }
  subject = "personality";
  return plan.personality < 0 ||
         ::syscall(SYS_personality, static_cast<unsigned>(plan.personality)) >= 0;
}

// Our caller's keys are not for the container. A kernel without keys has none to hide.
bool join_keyring(const Plan& plan, Subject& subject) noexcept {
  if (plan.keyring == nullptr) return true;
  subject = plan.keyring;
  return ::syscall(SYS_keyctl, kJoinKeyring, plan.keyring) >= 0 || errno == ENOSYS;
}

// Takes effect at the next exec. See aa_change_onexec(2).
bool take_profile(const Plan& plan, Subject& subject) noexcept {
  if (plan.apparmor == nullptr) return true;
  subject = plan.apparmor;
  return write_file("/proc/self/attr/apparmor/exec", plan.apparmor) ||
         write_file("/proc/self/attr/exec", plan.apparmor);
}

}  // namespace runtime::inside
