#include "tests/unit/runtime/support.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/mount.hpp"
#include "pkg/userns/enter.hpp"

#include <array>
#include <csignal>

#include <pwd.h>

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

// A root file system of busybox under the names that the tests use.
void make_root(const std::string& path) {
  for (const char* directory : {"/bin", "/etc", "/proc", "/sys", "/dev", "/tmp"})
    sys::make_dirs(path + directory);
  sys::create_file(path + "/bin/busybox", sys::read_file("/bin/busybox"), 0755);
  for (const char* name :
       {"sh", "cat", "id", "mount", "ls", "readlink", "reboot", "unshare", "sleep", "grep", "tty",
        "stat", "wc", "hostname", "pwd", "env", "true", "touch", "umount"}) {
    sys::make_link("busybox", path + "/bin/" + name);
  }
  sys::create_file(path + "/etc/passwd",
                   "root:x:0:0:root:/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\n");
  sys::create_file(path + "/etc/group", "root:x:0:\nann:x:1000:\nstaff:x:50:ann\n");
}

oci::Spec usual_spec() {
  oci::Spec spec;
  spec.process.env = {"PATH=/bin"};
  spec.process.capabilities = {"CHOWN",  "DAC_OVERRIDE", "FOWNER",  "FSETID",     "KILL",
                               "SETGID", "SETUID",       "SETPCAP", "SYS_CHROOT", "SETFCAP"};
  spec.mounts = {
      {"/proc", "proc", "proc", {"nosuid", "noexec", "nodev"}, ""},
      {"/dev", "tmpfs", "tmpfs", {"nosuid", "strictatime", "mode=755", "size=65536k"}, ""},
      {"/dev/pts", "devpts", "devpts", {"newinstance", "ptmxmode=0666", "mode=0620", "gid=5"}, ""},
      {"/dev/mqueue", "mqueue", "mqueue", {"nosuid", "noexec", "nodev"}, ""},
      {"/dev/shm", "tmpfs", "shm", {"nosuid", "noexec", "nodev", "mode=1777"}, ""},
      {"/sys", "sysfs", "sysfs", {"nosuid", "noexec", "nodev", "ro"}, ""},
      {"/sys/fs/cgroup", "cgroup", "cgroup", {"nosuid", "noexec", "nodev", "ro"}, ""},
  };
  for (const char* type : {"pid", "network", "ipc", "uts", "mount", "cgroup"})
    spec.namespaces.push_back({type, ""});
  spec.masked_paths = {"/proc/acpi", "/proc/kcore", "/proc/keys", "/sys/firmware", "/no/such"};
  spec.readonly_paths = {"/proc/bus", "/proc/sys", "/proc/sysrq-trigger"};
  return spec;
}

std::string read_terminal(const sys::Fd& terminal) {
  std::string text;
  std::array<char, 256> bytes{};
  ssize_t count = 0;
  while ((count = ::read(terminal.get(), bytes.data(), bytes.size())) > 0)
    text.append(bytes.data(), static_cast<std::size_t>(count));
  return text;
}

}  // namespace

void ContainerTest::SetUp() {
  folder = testing::TempDir() + "runtime-XXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  ::chmod(folder.c_str(), 0755);
  root = folder + "/root";
  make_root(root);
  home = make_home(folder);
  spec = usual_spec();
}

void ContainerTest::TearDown() {
  userns::inside(home, [&] { sys::remove_tree(folder); });
}

// The part of a monitor: never returns to the test.
int ContainerTest::monitor(const sys::Fd& out, const sys::Fd& pid_out) try {
  std::signal(SIGPIPE, SIG_IGN);  // as a monitor does
  const userns::Mapping mapping = userns::enter(home);
  const runtime::Namespaces namespaces = runtime::make_namespaces(wanted, mapping);
  sys::Child holder(namespaces.pid_holder);
  const sys::Fd mount = sys::copy_mount(root, true);
  runtime::Launched launched =
      runtime::launch({spec, namespaces, mount, {}, filter, "", false, -1, out.get(), out.get()});
  launched.release();
  sys::write_all(pid_out, std::to_string(launched.pid));
  if (launched.terminal) sys::write_all(out, read_terminal(launched.terminal));
  return sys::Child(launched.pid).wait();
} catch (const base::Error& error) {
  sys::create_file(folder + "/error", error.what());
  return error.status();
}

Ended ContainerTest::run(std::vector<std::string> args) {
  spec.process.args = std::move(args);
  return run();
}

Ended ContainerTest::run() {
  sys::Pipe out = sys::make_pipe();
  const sys::Pipe pid = sys::make_pipe();
  const pid_t child = ::fork();
  if (child < 0) throw base::SysError("fork");
  if (child == 0) ::_exit(monitor(out.write, pid.write));
  out.write.reset();
  Ended ended;
  ended.out = sys::read_all(out.read);
  ended.status = sys::Child(child).wait();
  ended.error = sys::find_file(folder + "/error").value_or("");
  sys::remove_file(folder + "/error");
  return ended;
}

ContainerTest::Running ContainerTest::start(std::vector<std::string> args) {
  spec.process.args = std::move(args);
  const sys::Pipe pid = sys::make_pipe();
  const pid_t child = ::fork();
  if (child < 0) throw base::SysError("fork");
  if (child == 0) ::_exit(monitor(sys::open_file("/dev/null", O_RDWR), pid.write));
  Running running{sys::Child(child), 0};
  std::array<char, 16> text{};
  if (::read(pid.read.get(), text.data(), text.size()) < 0) throw base::SysError("read");
  running.pid = static_cast<pid_t>(base::parse_integer(text.data()).value_or(0));
  return running;
}

}  // namespace support
