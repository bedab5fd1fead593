// Class: a descriptor of ours leads to the host's files (CVE-2016-9962, CVE-2024-21626).
#include "pkg/base/error.hpp"
#include "pkg/runtime/exec.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/process.hpp"
#include "tests/unit/runtime/support.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <string>

#include <fcntl.h>
#include <unistd.h>

namespace {

using support::Ended;
using testing::HasSubstr;
using testing::Not;

// As many as we ever have open, and more.
constexpr int kMostFiles = 64;

// Somebody's who called us, without O_CLOEXEC.
class OpenDirectory {
 public:
  OpenDirectory() : number_(::open("/", O_RDONLY | O_DIRECTORY)) {}  // NOLINT
  OpenDirectory(const OpenDirectory&) = delete;
  OpenDirectory& operator=(const OpenDirectory&) = delete;
  ~OpenDirectory() { ::close(number_); }

 private:
  int number_;
};

class WayOut : public support::ContainerTest {};

TEST_F(WayOut, IsNoDescriptorThatTheProgramHas) {
  const OpenDirectory leaky;

  const Ended ended = run_shell("for f in /proc/self/fd/*; do readlink $f; done; true");

  EXPECT_THAT(ended.out, Not(HasSubstr("/\n/")));
  const Ended numbers = run({"ls", "/proc/self/fd"});
  EXPECT_EQ(numbers.out, "0\n1\n2\n3\n");  // 3 is the directory that ls reads
}

TEST_F(WayOut, IsNoDescriptorAsWorkingDirectory) {
  const OpenDirectory leaky;

  for (int file = 3; file < kMostFiles; ++file) {
    spec.process.cwd = "/proc/self/fd/" + std::to_string(file);
    EXPECT_THAT(run({"pwd"}).error, HasSubstr("working directory")) << file;
  }
}

TEST_F(WayOut, IsNoDescriptorAsProgram) {
  const OpenDirectory leaky;
  std::filesystem::copy_file(root + "/bin/busybox", folder + "/true");
  const std::string way = "/../../../../../../../.." + folder + "/true";

  for (int file = 3; file < kMostFiles; ++file)
    EXPECT_EQ(run({"/proc/self/fd/" + std::to_string(file) + way}).status, 127) << file;
}

TEST_F(WayOut, IsNoDescriptorOfAFurtherProcess) {
  const OpenDirectory leaky;
  const Running running = start({"sleep", "100"});
  oci::Process what = spec.process;
  what.args = {"pwd"};
  const seccomp::Program none;

  for (int file = 3; file < kMostFiles; ++file) {
    what.cwd = "/proc/self/fd/" + std::to_string(file);
    EXPECT_THROW(runtime::exec({.pid = running.pid,
                                .process = sys::open_child(running.pid),
                                .what = what,
                                .seccomp = none,
                                .cgroup = "",
                                .size = {}}),
                 base::Error)
        << file;
  }
}

}  // namespace
