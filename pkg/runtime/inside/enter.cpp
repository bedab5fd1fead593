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
    {Step::JoinNamespace, join_cgroup_namespace},
    {Step::Root, attach_root},
    {Step::Mount, attach_mounts},
    {Step::Mask, mask_paths},
    {Step::ReadOnlyPath, protect_paths},
    {Step::Limits, set_limits},
    {Step::Root, pivot},
    {Step::Terminal, take_streams},
    {Step::Capabilities, bound_capabilities},
    {Step::Seccomp, filter_before_identity},
    {Step::Identity, take_identity},
    {Step::Capabilities, take_capabilities},
    {Step::Seccomp, filter_calls},
    {Step::WorkingDirectory, change_directory},
    {Step::Exec, execute},
};

// Set before the clone, which passes it on: what is not dumpable may not write its own. Lower than
// we have it is for root alone; then it stays.
bool set_oom_score(const char* text) noexcept {
  const int file = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (file < 0) return errno == EACCES || errno == ENOENT;
  const bool is_written = ::write(file, text, ::strlen(text)) >= 0;
  close_quietly(file);
  return is_written || errno == EACCES;
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
  return ::syscall(SYS_close_range, 3, ~0U, 4U /* CLOSE_RANGE_CLOEXEC */) == 0 || errno == ENOSYS ||
         errno == EINVAL;
}

bool join_cgroup_namespace(const Plan& plan, Subject& subject) noexcept {
  subject = "cgroup";
  return plan.cgroup_namespace < 0 || ::setns(plan.cgroup_namespace, CLONE_NEWCGROUP) == 0;
}

int clone_into(void* plain) noexcept {
  auto& start = *static_cast<Start*>(plain);
  const char* oom_score = start.plan->oom_score_adj;
  if (oom_score != nullptr && !set_oom_score(oom_score)) {
    describe(start.failure, Step::Limits, "oom_score_adj");
    return 1;
  }
  for (const Join& join : start.joins) {
    if (::setns(join.ns, join.kinds) == 0) continue;
    describe(start.failure, Step::JoinNamespace, join.name);
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
