#include "pkg/runtime/planner.hpp"

#include "pkg/base/error.hpp"
#include "pkg/runtime/literal.hpp"
#include "pkg/runtime/terminal.hpp"
#include "pkg/sys/file.hpp"

#include <algorithm>

#include <sys/mount.h>

namespace runtime {
namespace {

unsigned long propagation_flag(const std::string& word) {          // NOLINT(google-runtime-int)
  const unsigned long below = word.starts_with('r') ? MS_REC : 0;  // NOLINT(google-runtime-int)
  if (word == "shared" || word == "rshared") return MS_SHARED | below;
  if (word == "slave" || word == "rslave") return MS_SLAVE | below;
  if (word == "unbindable" || word == "runbindable") return MS_UNBINDABLE | below;
  if (!word.empty() && word != "private" && word != "rprivate") {
    throw base::Error("rootfsPropagation " + word + ": unknown");
  }
  return 0;  // a new mount is private
}

}  // namespace

Planned plan_container(const LaunchRequest& request) {
  Planned planned;
  Plan& plan = planned.plan;
  plan.root = request.root.get();
  plan.is_root_read_only = request.spec.readonly_root;
  plan.root_propagation = propagation_flag(request.spec.root_propagation);
  plan.dies_with_parent = true;
  plan.has_init = request.spec.init;
  plan_mounts(request, planned);
  if (!plan.has_terminal) plan_streams({request.in, request.out, request.err}, planned);
  plan_process(request.spec.process, identity_of(request.root, request.spec.process),
               request.seccomp, planned);
  plan.kept_files = request.outside.kept_files;
  if (request.spec.is_literal()) plan_literal_container(request, planned);
  return planned;
}

Planned plan_command(const ExecRequest& request, const sys::Fd& root) {
  Planned planned;
  if (request.what.terminal) {
    Terminal terminal = open_terminal_in(root);
    planned.terminal = std::move(terminal.master);
    if (request.size.rows > 0) sys::set_window_size(planned.terminal.get(), request.size);
    if (request.outside.plain_lines) sys::set_plain_lines(planned.terminal.get());
    const int slave = planned.keep(std::move(terminal.slave));
    planned.plan.has_terminal = true;
    plan_streams({slave, slave, slave}, planned);
  } else {
    plan_streams({request.in, request.out, request.err}, planned);
  }
  plan_process(request.what, identity_of(root, request.what), request.seccomp, planned);
  plan_outside(request.outside, planned);
  plan_personality(request.personality, planned);
  if (const auto& affinity = request.what.exec_affinity) {
    if (!affinity->initial.empty())
      planned.plan.first_processors = parse_processors(affinity->initial);
    if (!affinity->final.empty()) planned.plan.processors = parse_processors(affinity->final);
  }
  return planned;
}

// Numbers below 3 that are not yet at their place would be overwritten by one another.
void plan_streams(const Streams& streams, Planned& planned) {
  const auto prepare = [&](int from, int number) {
    if (from == number) return from;
    if (from < 0) return planned.keep(sys::open_file("/dev/null", O_RDWR));
    if (from > 2) return from;
    sys::Fd copy(::fcntl(from, F_DUPFD_CLOEXEC, 3));
    if (!copy) throw base::SysError("dup");
    return planned.keep(std::move(copy));
  };
  planned.plan.in = prepare(streams.in, 0);
  planned.plan.out = prepare(streams.out, 1);
  planned.plan.err = prepare(streams.err, 2);
}

}  // namespace runtime
