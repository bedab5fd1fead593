// Ends that do not go as they should.
#include "tests/unit/monitor/scripts.hpp"

#include <gmock/gmock.h>

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
