#include "pkg/monitor/state.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/child.hpp"
#include "pkg/sys/file.hpp"
#include "tests/unit/monitor/folder.hpp"

#include <csignal>

#include <unistd.h>

namespace {

using monitor::State;
using monitor::Status;

class StateFile : public WithFolder {};

sys::ProcessName ourselves() {
  return sys::find_process(::getpid()).value_or(sys::ProcessName{});
}

TEST_F(StateFile, IsCreatedUntilThereIsOne) {
  EXPECT_EQ(monitor::read_state(folder, "").status, Status::Created);
}

TEST_F(StateFile, TellsWhatWasWritten) {
  State state;
  state.status = Status::Exited;
  state.started = 1'000'000'007;
  state.finished = 2'000'000'009;
  state.exit_code = 7;
  state.oom_killed = true;
  state.restarts = 3;
  state.error = "why";

  monitor::write_state(folder, state);
  const State read = monitor::read_state(folder, "");

  EXPECT_EQ(read.status, Status::Exited);
  EXPECT_EQ(read.started, state.started);
  EXPECT_EQ(read.finished, state.finished);
  EXPECT_EQ(read.exit_code, 7);
  EXPECT_TRUE(read.oom_killed);
  EXPECT_EQ(read.restarts, 3);
  EXPECT_EQ(read.error, "why");
}

TEST_F(StateFile, RunsAsLongAsItsMonitorLives) {
  State state;
  state.status = Status::Running;
  state.process = ourselves();
  state.monitor = ourselves();
  state.cgroup = "/sys/fs/cgroup/x";

  monitor::write_state(folder, state);
  const State read = monitor::read_state(folder, "");

  EXPECT_EQ(read.status, Status::Running);
  EXPECT_EQ(read.process, ourselves());
  EXPECT_EQ(read.cgroup, state.cgroup);
}

TEST_F(StateFile, WasKilledWithItsMonitor) {
  sys::Child escaped = sys::Child::spawn({"sleep", "100"}, {});
  State state;
  state.status = Status::Running;
  state.process = sys::find_process(escaped.pid()).value_or(sys::ProcessName{});
  state.monitor = {::getpid(), 1};  // our number, but long ago
  state.cgroup = "/sys/fs/cgroup/no-such-cgroup";

  monitor::write_state(folder, state);
  const State read = monitor::read_state(folder, "");

  EXPECT_EQ(read.status, Status::Exited);
  EXPECT_EQ(read.exit_code, 128 + SIGKILL);
  EXPECT_EQ(read.error, "its monitor was killed");
  EXPECT_EQ(read.process.pid, 0);
  EXPECT_EQ(read.cgroup, "");
  EXPECT_EQ(escaped.wait(), 128 + SIGKILL);
}

TEST_F(StateFile, OutlivesItsRuntimeFolder) {
  State state;
  state.status = Status::Exited;
  state.exit_code = 7;

  monitor::write_last_state(folder, state);
  const State read = monitor::read_state(folder + "/gone", folder);

  EXPECT_EQ(read.status, Status::Exited);
  EXPECT_EQ(read.exit_code, 7);
}

TEST_F(StateFile, OfAContainerThatRanBeforeTheBootIsThatItHasEnded) {
  const sys::ProcessName alive = ourselves();
  sys::create_file(folder + "/state.json",
                   R"({"status": "running", "boot": "another", "started": 1, "process": {"pid": 1},
                       "monitor": {"pid": )" +
                       std::to_string(alive.pid) + R"(, "start": )" +
                       std::to_string(alive.start_time) + "}}");

  const State read = monitor::read_state(folder + "/gone", folder);

  EXPECT_EQ(read.status, Status::Exited);
  EXPECT_EQ(read.exit_code, 128 + SIGKILL);
  EXPECT_EQ(read.error, "it ran until the machine went down");
  EXPECT_GT(read.finished, 1);
  EXPECT_EQ(read.process.pid, 0);
}

TEST_F(StateFile, IsNamedWhenItCannotBeRead) {
  sys::create_file(folder + "/state.json", "{");

  try {
    monitor::read_state(folder, "");
    FAIL() << "nothing thrown";
  } catch (const base::Error& error) {
    EXPECT_NE(std::string(error.what()).find("state.json"), std::string::npos);
  }
}

TEST(StatusWords, AreThoseOfThePeers) {
  EXPECT_EQ(monitor::status_word(Status::Created), "created");
  EXPECT_EQ(monitor::status_word(Status::Stopping), "stopping");
  EXPECT_EQ(monitor::status_word(Status::Removing), "removing");
}

}  // namespace
