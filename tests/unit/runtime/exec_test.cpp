#include "pkg/runtime/exec.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/process.hpp"
#include "tests/unit/runtime/support.hpp"

#include <gmock/gmock.h>

namespace {

using support::Ended;
using testing::HasSubstr;

class Exec : public support::ContainerTest {
 protected:
  Ended exec(std::vector<std::string> args) {
    Ended ended;
    sys::Pipe out = sys::make_pipe();
    spec.process.args = std::move(args);
    const sys::Fd process = sys::open_process(sys::find_process(running.pid).value()).value();
    try {
      runtime::Executed executed = runtime::exec(
          {running.pid, process, spec.process, filter, "", -1, out.write.get(), out.write.get()});
      out.write.reset();
      ended.out = sys::read_all(out.read);
      if (executed.terminal) {
        std::string text(200, '\0');
        const ssize_t count = ::read(executed.terminal.get(), text.data(), text.size());
        ended.out = text.substr(0, static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
      }
      ended.status = sys::Child(executed.pid).wait();
    } catch (const base::Error& error) {
      ended.error = error.what();
      ended.status = error.status();
    }
    return ended;
  }

  Running running;
};

TEST_F(Exec, RunsInTheContainersNamespaces) {
  running = start({"sleep", "100"});
  const Ended ended =
      exec({"sh", "-c", "id -u; cat /etc/passwd | wc -l; cat /proc/1/cmdline; exit 4"});

  EXPECT_EQ(ended.error, "");
  EXPECT_EQ(ended.status, 4);
  EXPECT_THAT(ended.out, HasSubstr("0\n2\nsleep"));
}

TEST_F(Exec, TakesUserDirectoryAndEnvironment) {
  running = start({"sleep", "100"});
  spec.process.user.name = "ann:staff";
  spec.process.cwd = "/etc";
  spec.process.env.emplace_back("WORD=said");

  EXPECT_EQ(exec({"sh", "-c", "id -u; id -g; pwd; echo $WORD $HOME"}).out,
            "1000\n50\n/etc\nsaid /home/ann\n");
}

TEST_F(Exec, SaysWhyItCannot) {
  running = start({"sleep", "100"});

  EXPECT_EQ(exec({"no-such-command"}).status, 127);
  EXPECT_EQ(exec({"/etc"}).status, 126);
  spec.process.user.name = "zoe";
  EXPECT_EQ(exec({"true"}).error, "user zoe: not in the image's /etc/passwd");
}

TEST_F(Exec, GivesARealTerminalOfTheContainer) {
  running = start({"sleep", "100"});
  spec.process.terminal = true;

  const Ended ended = exec({"tty"});

  EXPECT_EQ(ended.error, "");
  EXPECT_EQ(ended.out, "/dev/pts/0\r\n");
}

TEST_F(Exec, EntersOnlyWhatDiffers) {
  wanted.net = false;
  spec.namespaces = {{"pid", ""}, {"mount", ""}};
  running = start({"sleep", "100"});

  EXPECT_EQ(exec({"readlink", "/proc/self/ns/net"}).out,
            sys::find_link("/proc/self/ns/net").value() + "\n");
}

// Class: a descriptor of ours that is open in the container leads to the host's files.
TEST_F(Exec, LeaksNoDescriptor) {
  running = start({"sleep", "100"});

  EXPECT_EQ(exec({"ls", "/proc/self/fd"}).out, "0\n1\n2\n3\n");
}

}  // namespace
