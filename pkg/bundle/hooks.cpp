#include "pkg/bundle/hooks.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/sys/child.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/process.hpp"

#include <climits>
#include <fmt/core.h>

#include <algorithm>

#include <unistd.h>

namespace bundle {
namespace {

// A hook that names no environment has ours.
std::vector<std::string> environment_of(const oci::Hook& hook) {
  if (hook.env) return *hook.env;
  std::vector<std::string> own;
  for (char** variable = environ; *variable != nullptr; ++variable)
    own.emplace_back(*variable);
  return own;
}

void run_hook(const oci::Hook& hook, const std::string& state) {
  const sys::Fd input = sys::memory_file(state);
  ::lseek(input.get(), 0, SEEK_SET);
  const sys::Child::Command command{
      hook.path, hook.args.empty() ? std::vector{hook.path} : hook.args, environment_of(hook)};
  sys::Child child = sys::Child::run(command, {input.get(), STDOUT_FILENO, STDERR_FILENO});
  if (hook.timeout) {
    const auto most = std::min<std::int64_t>(*hook.timeout, INT_MAX / 1000) * 1000;
    if (!sys::wait_for_end(sys::open_child(child.pid()), static_cast<int>(most))) {
      throw base::Error(fmt::format("took longer than its timeout of {} seconds", *hook.timeout));
    }
  }
  const int status = child.wait();
  if (status != 0) throw base::Error(fmt::format("ended with status {}", status));
}

void run_at(const std::string& member, const std::vector<oci::Hook>& hooks, std::size_t at,
            const std::string& state) try {
  run_hook(hooks[at], state);
} catch (base::Error& error) {
  error.during(fmt::format("hook {} (hooks.{}[{}])", hooks[at].path, member, at));
  throw;
}

}  // namespace

void run_hooks(const std::string& member, const std::vector<oci::Hook>& hooks,
               const std::string& state) {
  for (std::size_t i = 0; i < hooks.size(); ++i)
    run_at(member, hooks, i, state);
}

void run_hooks_anyway(const std::string& member, const std::vector<oci::Hook>& hooks,
                      const std::string& state) {
  for (std::size_t i = 0; i < hooks.size(); ++i) {
    try {
      run_at(member, hooks, i, state);
    } catch (const base::Error& error) {
      base::log::warn("{}", error.what());
    }
  }
}

}  // namespace bundle
