#include "pkg/runtime/inside/enter.hpp"

#include "pkg/runtime/inside/calls.hpp"
#include "pkg/runtime/inside/stages.hpp"

#include <csignal>
#include <cstring>

#include <linux/sched.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

namespace runtime::inside {
namespace {

struct Stage {
  Step step;
  bool (*run)(const Plan& plan, Subject& subject) noexcept;
};

// Streams come after pivot: until then a relative path of a report is the host's.
constexpr Stage kStages[] = {
    {Step::Clone, leave_parent},
    {Step::JoinNamespace, join_late_namespaces},
    {Step::Hostname, set_names},
    {Step::Sysctl, set_sysctl},
    {Step::Root, attach_root},
    {Step::Mount, attach_mounts},
    {Step::Mask, mask_paths},
    {Step::ReadOnlyPath, protect_paths},
    {Step::Hook, run_create_hooks},
    {Step::Limits, set_limits},
    {Step::Schedule, set_schedule},
    {Step::Root, pivot},
    {Step::Terminal, take_streams},
    {Step::Clone, close_others},
    {Step::Keyring, join_keyring},
    {Step::Capabilities, bound_capabilities},
    {Step::Seccomp, filter_before_identity},
    {Step::Identity, take_identity},
    {Step::Capabilities, take_capabilities},
    {Step::WorkingDirectory, change_directory},
    {Step::Exec, look_for_program},
    {Step::Clone, wait_for_start},
    {Step::Hook, run_start_hooks},
    {Step::AppArmor, take_profile},
    {Step::Seccomp, filter_calls},
    {Step::Exec, execute},
};

// Set before the clone, which passes it on: what is not dumpable may not write its own. Lower than
// we have it is for root alone; then it stays.
bool set_oom_score(const Plan& plan) noexcept {
  if (plan.oom_score_adj == nullptr) return true;
  if (write_file("/proc/self/oom_score_adj", plan.oom_score_adj)) return true;
  return !plan.needs_oom_score && (errno == EACCES || errno == ENOENT);
}

// Only those who are made after it is are in it, and after that nothing can be set any more.
bool make_time_namespace(const Start& start) noexcept {
  if (!start.makes_time) return true;
  return ::unshare(CLONE_NEWTIME) == 0 &&
         (start.time_offsets == nullptr ||
          write_file("/proc/self/timens_offsets", start.time_offsets));
}

[[noreturn]] void give_up(const Plan& plan, Step step, const char* subject) noexcept {
  Failure failure;
  describe(failure, step, subject);
  if (::write(plan.report, &failure, sizeof failure) < 0) ::_exit(126);
  ::_exit(127);
}

}  // namespace

void describe(Failure& failure, Step step, const char* subject) noexcept {
  failure.step = step;
  failure.number = errno;
  std::size_t i = 0;
  for (; subject[i] != '\0' && i + 1 < sizeof failure.subject; ++i)
    failure.subject[i] = subject[i];
  failure.subject[i] = '\0';
}

void enter(const Plan& plan) noexcept {
  for (const Stage& stage : kStages) {
    Subject subject = "";
    if (!stage.run(plan, subject)) give_up(plan, stage.step, subject);
  }
  ::_exit(127);
}

bool leave_parent(const Plan& plan, Subject& /*subject*/) noexcept {
  // Whoever shares our pid namespace must not be able to look into the copy of our parent's memory
  // that we are, nor reach the host's files through /proc/PID/root.
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  // With it open we would wait for ourselves when our parent is killed, with its lock in our hand.
  if (plan.gate_end >= 0) close_quietly(plan.gate_end);
  for (int number = 1; number < NSIG; ++number)
    ::signal(number, SIG_DFL);
  set_signal_mask(kNoSignals);
  ::setsid();
  ::umask(plan.umask);
  // All are opened close-on-exec, but for what we may have got from whoever called us.
  return ::syscall(SYS_close_range, 3 + plan.kept_files, ~0U, 4U /* CLOSE_RANGE_CLOEXEC */) == 0 ||
         errno == ENOSYS || errno == EINVAL;
}

// To close them at the exec is too late: before that, "/proc/self/fd/N" as a working directory or
// as a program would be a way out to the host.
bool close_others(const Plan& plan, Subject& /*subject*/) noexcept {
  const int kept[] = {plan.gate, plan.report, plan.state,  // NOLINT(modernize-avoid-c-arrays)
                      plan.listener.socket, plan.listener.file};
  unsigned first = 3 + plan.kept_files;
  while (true) {
    unsigned next = ~0U;
    for (const int file : kept) {
      const auto number = static_cast<unsigned>(file);
      if (file >= 0 && number >= first && number < next) next = number;
    }
    const unsigned last = next == ~0U ? next : next - 1;
    if (first != next && ::syscall(SYS_close_range, first, last, 0) != 0) return false;
    if (next == ~0U) return true;
    first = next + 1;
  }
}

// Time takes a process whose memory is its own, as that of `clone_into` is not.
bool join_late_namespaces(const Plan& plan, Subject& subject) noexcept {
  subject = "cgroup";
  if (plan.cgroup_namespace >= 0 && ::setns(plan.cgroup_namespace, CLONE_NEWCGROUP) != 0) {
    return false;
  }
  subject = "time";
  return plan.time_namespace < 0 || ::setns(plan.time_namespace, CLONE_NEWTIME) == 0;
}

void tell(const Plan& plan, Step step) noexcept {
  if (!plan.says_when_ready) return;
  Failure notice;
  notice.step = step;
  (void)!::write(plan.report, &notice, sizeof notice);
}

int clone_into(void* plain) noexcept {
  auto& start = *static_cast<Start*>(plain);
  if (!set_oom_score(*start.plan)) {
    describe(start.failure, Step::Limits, "oom_score_adj");
    return 1;
  }
  for (const Join& join : start.joins) {
    if (::setns(join.ns, join.kinds) == 0) continue;
    describe(start.failure, Step::JoinNamespace, join.name);
    return 1;
  }
  if (!make_time_namespace(start)) {
    describe(start.failure, Step::JoinNamespace, "time");
    return 1;
  }
  if (!take_processors(start.plan->first_processors)) {
    describe(start.failure, Step::Schedule, "execCPUAffinity.initial");
    return 1;
  }
  clone_args arguments{};
  arguments.flags = start.flags | CLONE_PARENT | CLONE_PIDFD;
  int process = -1;
  arguments.pidfd = reinterpret_cast<std::uintptr_t>(&process);  // NOLINT: as clone3(2) wants it
  if (start.cgroup >= 0) {
    arguments.flags |= CLONE_INTO_CGROUP;
    arguments.cgroup = static_cast<std::uint64_t>(start.cgroup);
  }
  const auto pid = static_cast<pid_t>(::syscall(SYS_clone3, &arguments, sizeof arguments));
  if (pid == 0) enter(*start.plan);
  if (pid < 0) {
    describe(start.failure, Step::Clone, "");
    return 1;
  }
  start.pid = pid;
  start.process = process;
  return 0;
}

}  // namespace runtime::inside
