#include "pkg/sys/namespaces.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/file.hpp"

#include <climits>
#include <fmt/core.h>

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sys {
namespace {

std::string path_of(pid_t pid, const std::string& kind) {
  return fmt::format("/proc/{}/ns/{}", pid, kind);
}

}  // namespace

Fd open_namespace(pid_t pid, const std::string& kind) {
  return open_file(path_of(pid, kind));
}

std::optional<Fd> find_namespace(pid_t pid, const std::string& kind) {
  Fd ns(::open(path_of(pid, kind).c_str(), O_RDONLY | O_CLOEXEC));
  if (ns) return ns;
  if (errno == ENOENT || errno == ESRCH) return std::nullopt;
  throw base::SysError(path_of(pid, kind));
}

std::string namespace_identity(const Fd& ns, const std::string& kind) {
  struct stat status {};
  if (::fstat(ns.get(), &status) != 0) throw base::SysError("stat namespace");
  return fmt::format("{}:[{}]", kind, status.st_ino);
}

std::string hostname() {
  std::array<char, HOST_NAME_MAX + 1> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) throw base::SysError("gethostname");
  return name.data();
}

void unshare(int flags) {
  if (::unshare(flags) != 0) throw base::SysError("unshare");
}

void enter_namespace(const Fd& ns, int flags) {
  if (::setns(ns.get(), flags) != 0) throw base::SysError("setns");
}

}  // namespace sys
