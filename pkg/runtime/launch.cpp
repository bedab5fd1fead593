#include "pkg/runtime/launch.hpp"

#include "pkg/base/error.hpp"
#include "pkg/runtime/failure.hpp"
#include "pkg/runtime/planner.hpp"
#include "pkg/runtime/start.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"

#include <fmt/core.h>

#include <algorithm>

#include <linux/sched.h>
#include <sched.h>

namespace runtime {
namespace {

// How the specification calls what clone(2) has a flag for.
struct Kind {
  const char* type;
  int flag;
  bool is_per_container;  // made with the container, unless joined
};

constexpr Kind kKinds[] = {
    // NOLINT(modernize-avoid-c-arrays)
    {"network", CLONE_NEWNET, false}, {"ipc", CLONE_NEWIPC, false},
    {"uts", CLONE_NEWUTS, false},     {"pid", CLONE_NEWPID, true},
    {"mount", CLONE_NEWNS, true},     {"cgroup", CLONE_NEWCGROUP, true},
    {"time", CLONE_NEWTIME, true},
};

// Which namespaces are joined before the clone, and which the clone makes.
struct Joining {
  std::vector<sys::Fd> opened;
  std::vector<Join> joins;
  std::uint64_t flags = CLONE_NEWNS;
  int time = -1;  // to be joined after the clone
  bool makes_time = false;

  void join(int ns, int kind, const char* name) { joins.push_back({ns, kind, name}); }
};

int shared_namespace(const Namespaces& namespaces, int kind) {
  switch (kind) {
    case CLONE_NEWNET:
      return namespaces.net.get();
    case CLONE_NEWIPC:
      return namespaces.ipc.get();
    case CLONE_NEWUTS:
      return namespaces.uts.get();
    case CLONE_NEWPID:
      return namespaces.pid.get();
    default:
      return -1;
  }
}

void add_kind(const LaunchRequest& request, const Kind& kind, Joining& joining) {
  const auto& wanted = request.spec.namespaces;
  const auto found = std::find_if(wanted.begin(), wanted.end(),
                                  [&](const oci::Namespace& ns) { return ns.type == kind.type; });
  const bool is_made = kind.is_per_container || request.spec.is_literal();
  if (found != wanted.end() && !found->path.empty()) {
    joining.opened.push_back(sys::open_file(found->path));
    if (kind.flag == CLONE_NEWTIME) {
      joining.time = joining.opened.back().get();
      return;
    }
    joining.join(joining.opened.back().get(), kind.flag, kind.type);
  } else if (const int shared = shared_namespace(request.namespaces, kind.flag); shared >= 0) {
    joining.join(shared, kind.flag, kind.type);
  } else if (found != wanted.end() && kind.flag == CLONE_NEWTIME) {
    joining.makes_time = true;
  } else if (found != wanted.end() && is_made) {
    joining.flags |= static_cast<std::uint64_t>(kind.flag);
  }
}

Joining plan_joining(const LaunchRequest& request) {
  Joining joining;
  // The user namespace first: it gives the right to enter the others.
  if (request.namespaces.user) joining.join(request.namespaces.user.get(), CLONE_NEWUSER, "user");
  for (const Kind& kind : kKinds)
    add_kind(request, kind, joining);
  return joining;
}

// See time_namespaces(7), "/proc/pid/timens_offsets".
std::string offsets_text(const oci::Spec& spec) {
  std::string text;
  for (const auto& [clock, offset] : spec.time_offsets)
    text += fmt::format("{} {} {}\n", clock, offset.seconds, offset.nanoseconds);
  return text;
}

}  // namespace

Launched launch(const LaunchRequest& request) {
  Planned planned = plan_container(request);
  const Joining joining = plan_joining(request);
  sys::Pipe gate;
  sys::Pipe report;
  if (request.outside.report < 0) {
    gate = sys::make_pipe();
    report = sys::make_pipe();
  }
  planned.plan.gate = gate.read ? gate.read.get() : request.outside.gate;
  planned.plan.gate_end = gate.write ? gate.write.get() : -1;
  planned.plan.report = report.write ? report.write.get() : request.outside.report;
  planned.plan.time_namespace = joining.time;

  const std::string offsets = offsets_text(request.spec);
  inside::Start start;
  start.joins = {joining.joins.data(), joining.joins.size()};
  start.flags = joining.flags;
  start.plan = &planned.plan;
  start.makes_time = joining.makes_time;
  start.time_offsets = offsets.empty() ? nullptr : offsets.c_str();
  Started started = start_in_cgroup(start, request.cgroup, request.is_limited);

  return {started.pid, std::move(started.process), std::move(planned.terminal),
          std::move(gate.write), std::move(report.read)};
}

void Launched::release() {
  // Should it have failed already, nobody reads this, and its report says why.
  (void)!::write(gate.get(), "g", 1);
  gate.reset();
  const auto failure = read_failure(report);
  report.reset();
  if (failure) throw to_error(*failure);
}

}  // namespace runtime
