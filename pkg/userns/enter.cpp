#include "pkg/userns/enter.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/sys/child.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/namespaces.hpp"
#include "pkg/userns/maker.hpp"
#include "pkg/userns/refusal.hpp"
#include "pkg/userns/session.hpp"

#include <cerrno>
#include <cstring>

#include <sys/mount.h>
#include <sys/syscall.h>

namespace userns {
namespace {

void say_single(const Mapping& mapping) {
  base::log::warn(
      "only one user id can be used: {}; images whose files belong to several users may "
      "not work",
      mapping.reason);
}

// A user namespace that nobody is in yet, and the mapping it got in the end.
sys::Fd make(const home::Home& home, Mapping& mapping) {
  if (!mapping.is_single()) {
    try {
      return make_namespace(mapping);
    } catch (const base::SysError&) {
      throw;  // the kernel refuses; with one id it would, too
    } catch (const base::Error& error) {
      mapping = single_mapping(home, error.what());
    }
  }
  say_single(mapping);
  return make_namespace(mapping);
}

// glibc's wrappers synchronise threads; we have none. Without setgroups(2) our groups stay, and
// with them the access they give to bind mounts.
void become_root() {
  if (::syscall(SYS_setresgid, 0, 0, 0) != 0 || ::syscall(SYS_setresuid, 0, 0, 0) != 0) {
    throw refusal("become root in the user namespace", errno);
  }
}

void take_own_mounts() {
  if (::unshare(CLONE_NEWNS) != 0) throw refusal("make a mount namespace", errno);
  // Mounts that the host makes later appear here, ours never there.
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_SLAVE, nullptr) != 0) {
    throw refusal("change the propagation of /", errno);
  }
}

[[noreturn]] void end_with(const sys::Fd& report, const base::Error& error) {
  const int status = error.status();
  std::string text(sizeof status, '\0');
  std::memcpy(text.data(), &status, sizeof status);
  sys::write_all(report, text + error.what());
  ::_exit(1);
}

[[noreturn]] void work_inside(const home::Home& home, const sys::Fd& report, void (*work)(void*),
                              void* context) {
  try {
    enter(home);
    work(context);
  } catch (const base::Error& error) {
    end_with(report, error);
  } catch (const std::exception& error) {
    end_with(report, base::Error(error.what()));
  }
  ::_exit(0);
}

}  // namespace

Mapping enter(const home::Home& home) try {
  Mapping mapping = mapping_of(home);
  std::optional<sys::Fd> held = find_held_namespace(home, mapping);
  const sys::Fd ns = held ? std::move(*held) : make(home, mapping);
  if (::setns(ns.get(), CLONE_NEWUSER) != 0) throw refusal("enter the user namespace", errno);
  become_root();
  take_own_mounts();
  return mapping;
} catch (base::Error& error) {
  error.during("user namespace");
  throw;
}

void call_inside(const home::Home& home, void (*work)(void* context), void* context) {
  sys::Pipe report = sys::make_pipe();
  const pid_t pid = ::fork();
  if (pid < 0) throw base::SysError("fork");
  if (pid == 0) work_inside(home, report.write, work, context);
  sys::Child child(pid);
  report.write.reset();
  const std::string text = sys::read_all(report.read);
  const int ended = child.wait();
  if (ended == 0) return;
  int status = 125;
  if (text.size() < sizeof status) throw base::Error("our process inside the user namespace died");
  std::memcpy(&status, text.data(), sizeof status);
  throw base::Error(text.substr(sizeof status), status);
}

}  // namespace userns
