// Ends that do not go as they should.
#include "tests/unit/monitor/scripts.hpp"

#include <gmock/gmock.h>

#include <limits>

namespace {

using base::Json;
using testing::HasSubstr;

TEST_F(MonitorLoop, DoesNotListenForEverToWhoOutlivesAContainer) {
  add("a", "yes & echo $! >" + folder + "/pid; exit 3").log_path.clear();

  begin(start("a"));
  answer(first);

  EXPECT_EQ(monitor_end(), 0);
  EXPECT_EQ(state("a").exit_code, 3);
  ::kill(std::stoi(sys::read_file(folder + "/pid")), SIGKILL);
}

TEST_F(MonitorLoop, WaitsForAStopAsLongAsItIsTold) {
  add("a", "trap '' TERM; echo up; sleep 0.3; exit 4");
  begin(start("a", true));
  monitor::receive(first);
  monitor::receive(first);
  Json stop = request("stop", "a");
  stop["timeout"] = std::numeric_limits<std::int64_t>::max();

  EXPECT_FALSE(answer(ask(stop)).bool_or("killed", true));
  EXPECT_EQ(monitor_end(), 0);
  EXPECT_EQ(state("a").exit_code, 4);
}

TEST_F(MonitorLoop, TellsTheEndThoughItCannotBeWritten) {
  add("a", "read x; exit 5").interactive = true;
  add("b", "exec sleep 100");
  begin(start("a", true));
  answer(first);
  answer(ask(start("b")));
  sys::remove_tree(folder + "/a");

  monitor::send(first, monitor::Kind::InputEnd, "");

  EXPECT_EQ(hear(first).at('x'), "5");
  EXPECT_TRUE(state("b").is_running());
  kill_now("b");
  EXPECT_EQ(monitor_end(), 0);
}

}  // namespace
