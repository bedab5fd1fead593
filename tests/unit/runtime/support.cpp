#include "tests/unit/runtime/support.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/child.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/mount.hpp"
#include "pkg/userns/enter.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <sys/wait.h>

namespace support {
namespace {

home::Home make_home(const std::string& folder) {
  home::Home home;
  home.runtime = folder;
  home.cache = folder;
  home.uid = ::getuid();
  home.gid = ::getgid();
  const passwd* entry = ::getpwuid(home.uid);
  home.user = entry != nullptr ? entry->pw_name : std::to_string(home.uid);
  return home;
}

}  // namespace

void make_root(const std::string& path) {
  for (const char* directory : {"/bin", "/etc", "/proc", "/sys", "/dev", "/tmp"})
    sys::make_dirs(path + directory);
  const std::string program = sys::read_file("/bin/busybox");
  sys::create_file(path + "/bin/busybox", program, 0755);
  for (const char* name : {"sh", "cat", "id", "mount", "umount", "ls", "readlink", "reboot", "unshare", "sleep",
                           "grep", "tty", "stty", "stat", "touch", "true", "kill", "hostname", "pwd", "env",
                           "wc", "ps", "echo", "test", "mkdir", "ulimit", "head", "od", "chown"}) {
    sys::make_link("busybox", path + "/bin/" + name);
  }
  sys::create_file(path + "/etc/passwd",
                   "root:x:0:0:root:/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\n");
  sys::create_file(path + "/etc/group", "root:x:0:\nann:x:1000:\nstaff:x:50:ann\n");
}

oci::Spec usual_spec() {
  oci::Spec spec;
  spec.process.env = {"PATH=/bin"};
  spec.process.capabilities = {"CAP_CHOWN",  "CAP_DAC_OVERRIDE", "CAP_FOWNER",          "CAP_FSETID",
                               "CAP_KILL",   "CAP_SETGID",       "CAP_SETUID",          "CAP_SETPCAP",
                               "CAP_SETFCAP", "CAP_SYS_CHROOT",   "CAP_NET_BIND_SERVICE"};
  spec.mounts = {
      {"/proc", "proc", "proc", {"nosuid", "noexec", "nodev"}, ""},
      {"/dev", "tmpfs", "tmpfs", {"nosuid", "strictatime", "mode=755", "size=65536k"}, ""},
      {"/dev/pts", "devpts", "devpts",
       {"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"}, ""},
      {"/dev/mqueue", "mqueue", "mqueue", {"nosuid", "noexec", "nodev"}, ""},
      {"/dev/shm", "tmpfs", "shm", {"nosuid", "noexec", "nodev", "mode=1777", "size=65536k"}, ""},
      {"/sys", "sysfs", "sysfs", {"nosuid", "noexec", "nodev", "ro"}, ""},
      {"/sys/fs/cgroup", "cgroup", "cgroup", {"nosuid", "noexec", "nodev", "ro"}, ""},
  };
  for (const char* type : {"pid", "network", "ipc", "uts", "mount", "cgroup"})
    spec.namespaces.push_back({type, ""});
  spec.masked_paths = {"/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/scsi",
                       "/sys/firmware", "/no/such/path"};
  spec.readonly_paths = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"};
  return spec;
}

Running start(const home::Home& home, const userns::Mapping& mapping, const oci::Spec& spec,
              const std::string& root, int out) {
  (void)home;
  Running running;
  running.namespaces = runtime::make_namespaces({}, mapping);
  const sys::Fd mount = sys::copy_mount(root, true);
  running.container =
      runtime::launch({spec, running.namespaces, mount, {}, {}, "", -1, out, out});
  running.container.release();
  return running;
}

void ContainerTest::SetUp() {
  folder_ = testing::TempDir() + "runtime-XXXXXX";
  ASSERT_NE(::mkdtemp(folder_.data()), nullptr);
  ::chmod(folder_.c_str(), 0755);
  root_ = folder_ + "/root";
  make_root(root_);
  home_ = make_home(folder_);
  spec_ = usual_spec();
}

void ContainerTest::TearDown() {
  userns::inside(home_, [&] { sys::remove_tree(folder_); });
}

ContainerTest::Ended ContainerTest::run(std::vector<std::string> args) {
  spec_.process.args = std::move(args);
  return run();
}

ContainerTest::Ended ContainerTest::run() {
  sys::Pipe out = sys::make_pipe();
  const pid_t pid = ::fork();
  if (pid < 0) throw base::SysError("fork");
  if (pid == 0) {
    int status = 0;
    try {
      const userns::Mapping mapping = userns::enter(home_);
      const runtime::Namespaces namespaces = runtime::make_namespaces(wanted_, mapping);
      const sys::Fd mount = sys::copy_mount(root_, true);
      runtime::Launched launched = runtime::launch(
          {spec_, namespaces, mount, {}, filter_, "", -1, out.write.get(), out.write.get()});
      launched.release();
      out.write.reset();
      if (launched.terminal) {
        const sys::Fd sink = out.read.duplicate();
        char bytes[256];
        ssize_t count = 0;
        std::string seen;
        while ((count = ::read(launched.terminal.get(), bytes, sizeof bytes)) > 0)
          seen.append(bytes, static_cast<std::size_t>(count));
        sys::create_file(folder_ + "/terminal", seen);
      }
      status = sys::Child(launched.pid).wait();
      if (namespaces.pid_holder > 0) sys::Child stop(namespaces.pid_holder);
    } catch (const base::Error& error) {
      sys::create_file(folder_ + "/error", error.what());
      status = error.status();
    }
    ::_exit(status);
  }
  out.write.reset();
  Ended ended;
  ended.out = sys::read_all(out.read);
  ended.status = sys::Child(pid).wait();
  ended.error = sys::find_file(folder_ + "/error").value_or("");
  ended.out += sys::find_file(folder_ + "/terminal").value_or("");
  return ended;
}

}  // namespace support
