#include "pkg/runtime/terminal.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/file.hpp"

#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/vfs.h>

namespace runtime {

Terminal open_terminal(int devpts) {
  Terminal terminal;
  terminal.master.reset(::openat(devpts, "ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!terminal.master) throw base::SysError("open a terminal");
  const int master = terminal.master.get();
  const int locked = 0;
  if (::ioctl(master, TIOCSPTLCK, &locked) != 0 ||
      ::ioctl(master, TIOCGPTN, &terminal.number) != 0) {
    throw base::SysError("unlock a terminal");
  }
  terminal.slave.reset(::ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!terminal.slave) throw base::SysError("open a terminal's other side");
  return terminal;
}

Terminal open_terminal_in(const sys::Fd& root) {
  const sys::Fd devpts = sys::open_in(root, "dev/pts", O_PATH | O_DIRECTORY);
  struct statfs status {};
  if (::fstatfs(devpts.get(), &status) != 0) throw base::SysError("/dev/pts");
  if (status.f_type != DEVPTS_SUPER_MAGIC) {
    throw base::Error("the container has no terminals: /dev/pts is not a devpts file system");
  }
  return open_terminal(devpts.get());
}

}  // namespace runtime
