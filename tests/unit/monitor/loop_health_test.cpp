#include "tests/unit/monitor/scripts.hpp"

#include <gmock/gmock.h>

namespace {

using base::Json;
using monitor::Member;
using monitor::Status;
using testing::HasSubstr;

// A container whose health this script tells, asked every 20 ms.
void look_after(Member& member, const std::string& script) {
  member.health.regular.test = {"CMD-SHELL", script};
  member.health.regular.interval = std::chrono::milliseconds(20);
  member.health.regular.retries = 2;
}

TEST_F(MonitorLoop, KeepsWhatChecksSay) {
  look_after(add("a", "exec sleep 100"), "echo fine");
  begin(start("a"));
  answer(first);

  const Json json = answer(ask(request("check", "a")));

  EXPECT_EQ(json.at("status").as_string(), "healthy");
  EXPECT_EQ(json.at("result").as_integer(), 0);
  const auto health = monitor::read_health(folder + "/a");
  ASSERT_TRUE(health);
  EXPECT_EQ(health->status, "healthy");
  EXPECT_EQ(health->log.back().output, "fine\n");
  kill_now("a");
  EXPECT_EQ(monitor_end(), 0);
}

TEST_F(MonitorLoop, EndsAContainerThatIsUnhealthy) {
  Member& member = add("a", "exec sleep 100");
  look_after(member, "exit 1");
  member.health.on_failure = monitor::OnUnhealthy::Stop;

  begin(start("a"));
  answer(first);

  EXPECT_EQ(monitor_end(), 0);
  EXPECT_EQ(state("a").exit_code, 128 + SIGTERM);
  EXPECT_EQ(monitor::read_health(folder + "/a")->status, "unhealthy");
  EXPECT_EQ(done(), "launch a\nprobe a\nprobe a\nended a\nrest\n");
}

TEST_F(MonitorLoop, RestartsAContainerThatIsUnhealthyWhateverItsPolicy) {
  Member& member = add("a", "[ -e " + folder + "/again ] && exit 5; exec sleep 100");
  look_after(member, "touch " + folder + "/again; exit 1");
  member.health.on_failure = monitor::OnUnhealthy::Restart;

  begin(start("a"));
  answer(first);

  EXPECT_EQ(monitor_end(), 0);
  EXPECT_EQ(state("a").restarts, 1);
  EXPECT_EQ(state("a").exit_code, 5);
}

TEST_F(MonitorLoop, DoesNotWaitForACheck) {
  Member& member = add("a", "exec sleep 100");
  look_after(member, "sleep 100");
  member.health.regular.timeout = std::chrono::milliseconds(200);
  begin(start("a"));
  answer(first);
  const sys::Fd checking = ask(request("check", "a"));
  Json nothing = request("kill", "a");
  nothing["signal"] = SIGCONT;

  EXPECT_TRUE(answer(ask(nothing)).bool_or("ok", false));

  EXPECT_EQ(answer(checking).at("result").as_integer(), -1);
  const auto health = monitor::read_health(folder + "/a");
  EXPECT_THAT(health->log.back().output, HasSubstr("exceeded timeout (200ms)"));
  kill_now("a");
  EXPECT_EQ(monitor_end(), 0);
}

TEST_F(MonitorLoop, TakesACheckThatCannotBeStartedForAFailure) {
  look_after(add("a", "exec sleep 100"), "");
  begin(start("a"));
  answer(first);

  const Json json = answer(ask(request("check", "a")));

  EXPECT_EQ(json.at("result").as_integer(), 127);
  kill_now("a");
  EXPECT_EQ(monitor_end(), 0);
}

}  // namespace
