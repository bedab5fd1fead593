#include "tests/unit/monitor/scripts.hpp"

#include <gmock/gmock.h>

namespace {

using base::Json;
using monitor::Member;
using monitor::Status;
using testing::HasSubstr;

TEST_F(MonitorLoop, CopiesOutputAndTellsTheEnd) {
  add("a", "echo out; echo err >&2; exit 7");

  begin(start("a", true));
  const auto heard = hear(first);

  EXPECT_EQ(heard.at('o'), "out\n");
  EXPECT_EQ(heard.at('e'), "err\n");
  EXPECT_EQ(heard.at('x'), "7");
  EXPECT_EQ(monitor_end(), 0);
  EXPECT_EQ(state("a").status, Status::Exited);
  EXPECT_EQ(state("a").exit_code, 7);
  EXPECT_THAT(sys::read_file(folder + "/a.log"), HasSubstr("stdout F out\n"));
  EXPECT_EQ(done(), "launch a\nended a\nrest\n");
  EXPECT_EQ(told(), "  init\n  start\n  attach\n  died 7\n  cleanup\n");
}

TEST_F(MonitorLoop, PassesInputOn) {
  add("a", "cat").interactive = true;

  begin(start("a", true));
  monitor::send(first, monitor::Kind::Input, "some ");
  monitor::send(first, monitor::Kind::Input, "words");
  monitor::send(first, monitor::Kind::InputEnd, "");

  EXPECT_EQ(hear(first).at('o'), "some words");
  EXPECT_EQ(monitor_end(), 0);
}

TEST_F(MonitorLoop, SaysWhyNothingStarted) {
  add("a", "");

  begin(start("a"));
  const Json json = answer(first);
  first.reset();

  EXPECT_EQ(json.at("error").as_string(), "no such command");
  EXPECT_EQ(json.at("status").as_integer(), 127);
  EXPECT_EQ(monitor_end(), 0);
  EXPECT_EQ(state("a").exit_code, 127);
}

TEST_F(MonitorLoop, StopsWithTheStopSignal) {
  add("a", "trap 'exit 3' USR1; echo ready; while :; do sleep 0.01; done").stop_signal = SIGUSR1;
  begin(start("a", true));
  answer(first);
  monitor::receive(first);  // ready

  const Json json = answer(ask(request("stop", "a")));

  EXPECT_FALSE(json.bool_or("killed", true));
  EXPECT_EQ(monitor_end(), 0);
  EXPECT_EQ(state("a").exit_code, 3);
}

TEST_F(MonitorLoop, KillsWhatDoesNotHeedTheStopSignal) {
  add("a", "trap '' TERM; echo ready; while :; do sleep 0.01; done").stop_timeout = 1;
  begin(start("a", true));
  answer(first);
  monitor::receive(first);  // ready

  const Json json = answer(ask(request("stop", "a")));

  EXPECT_TRUE(json.bool_or("killed", false));
  EXPECT_EQ(monitor_end(), 0);
  EXPECT_EQ(state("a").exit_code, 137);
}

TEST_F(MonitorLoop, TellsThoseWhoWait) {
  add("a", "exec sleep 100");
  begin(start("a"));
  answer(first);
  const sys::Fd waiting = ask(request("wait", "a"));
  Json kill = request("kill", "a");
  kill["signal"] = SIGUSR2;

  EXPECT_TRUE(answer(ask(kill)).bool_or("ok", false));

  EXPECT_EQ(answer(waiting).at("exit").as_integer(), 128 + SIGUSR2);
  EXPECT_EQ(monitor_end(), 0);
}

TEST_F(MonitorLoop, RestartsAsOftenAsThePolicySays) {
  add("a", "exit 1").restart = {monitor::RestartPolicy::When::OnFailure, 2};

  begin(start("a"));
  answer(first);

  EXPECT_EQ(monitor_end(), 0);
  EXPECT_EQ(done(), "launch a\nended a\nlaunch a\nended a\nlaunch a\nended a\nrest\n");
  EXPECT_EQ(state("a").restarts, 2);
}

TEST_F(MonitorLoop, RemovesWhatIsToGo) {
  add("a", "exit 0").remove = true;

  begin(start("a"));
  answer(first);

  EXPECT_EQ(monitor_end(), 0);
  EXPECT_THAT(done(), HasSubstr("remove a\n"));
}

TEST_F(MonitorLoop, EndsWhatRunsTooLong) {
  add("a", "exec sleep 100").timeout = 1;

  begin(start("a"));
  answer(first);

  EXPECT_EQ(monitor_end(), 0);
  EXPECT_EQ(state("a").exit_code, 137);
}

TEST_F(MonitorLoop, RunsInitContainersOneAfterTheOther) {
  add("i", "exit 0").is_init = true;
  add("j", "exit 0").is_init = true;
  add("a", "exit 0");

  begin(Json::object({{"do", "start-pod"}}));

  EXPECT_TRUE(answer(first).bool_or("ok", false));
  EXPECT_EQ(monitor_end(), 0);
  EXPECT_THAT(done(), testing::StartsWith("launch i\nended i\nlaunch j\nended j\nlaunch a\n"));
}

TEST_F(MonitorLoop, DoesNotGoOnAfterAnInitContainerThatFailed) {
  add("i", "exit 4").is_init = true;
  add("a", "exit 0");

  begin(Json::object({{"do", "start-pod"}}));
  const Json json = answer(first);

  EXPECT_THAT(json.at("error").as_string(), HasSubstr("init container i ended with status 4"));
  EXPECT_EQ(monitor_end(), 0);
  EXPECT_EQ(done().find("launch a"), std::string::npos);
}

TEST_F(MonitorLoop, HaltsAndLetsGoOn) {
  add("a", "while :; do echo x; sleep 0.01; done");
  begin(start("a", true));
  answer(first);

  answer(ask(request("pause", "a")));
  EXPECT_EQ(state("a").status, Status::Paused);
  EXPECT_EQ(answer(ask(request("stop", "a"))).at("error").as_string(),
            "it is paused: unpause it first");

  answer(ask(request("unpause", "a")));
  EXPECT_EQ(state("a").status, Status::Running);
  EXPECT_EQ(answer(ask(request("unpause", "a"))).at("error").as_string(),
            "it is not paused: its state is running");
  Json kill = request("kill", "a");
  kill["signal"] = SIGKILL;
  answer(ask(kill));
  EXPECT_EQ(monitor_end(), 0);
}

TEST_F(MonitorLoop, RefusesWhatItDoesNotKnow) {
  add("a", "exec sleep 100");
  begin(start("a"));
  answer(first);

  EXPECT_THAT(answer(ask(request("dance", "a"))).at("error").as_string(), HasSubstr("unknown"));
  EXPECT_EQ(answer(ask(request("attach", "b"))).at("error").as_string(), "it does not run");

  Json kill = request("kill", "a");
  kill["signal"] = SIGKILL;
  answer(ask(kill));
  EXPECT_EQ(monitor_end(), 0);
}

}  // namespace
