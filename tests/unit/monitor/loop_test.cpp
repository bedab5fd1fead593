// A monitor of shell scripts, in a process of its own as in life.
#include "pkg/base/error.hpp"
#include "pkg/monitor/monitor.hpp"
#include "pkg/monitor/protocol.hpp"
#include "pkg/monitor/state.hpp"
#include "pkg/sys/child.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/process.hpp"
#include "pkg/sys/socket.hpp"
#include "tests/unit/monitor/folder.hpp"

#include <gmock/gmock.h>

#include <csignal>
#include <map>

#include <unistd.h>

namespace {

using base::Json;
using monitor::Member;
using monitor::Status;
using testing::HasSubstr;

// A container is a script; what the monitor has us do goes to a file.
class Scripts : public monitor::Workload {
 public:
  struct Script {
    Member member;
    std::string text;
  };

  Scripts(std::string folder, std::vector<Script> scripts)
      : folder_(std::move(folder)), scripts_(std::move(scripts)) {}

  Member member(const std::string& id) override { return find(id).member; }
  std::vector<std::string> members() override {
    std::vector<std::string> ids;
    for (const Script& script : scripts_)
      ids.push_back(script.member.id);
    return ids;
  }
  runtime::Launched launch(const std::string& id, const monitor::Streams& streams) override {
    const std::string text = find(id).text;
    note("launch " + id);
    if (text.empty()) throw base::Error("no such command", 127);
    const sys::Fd null = sys::open_file("/dev/null");
    sys::Child child =
        sys::Child::spawn({"/bin/sh", "-c", text},
                          {streams.in < 0 ? null.get() : streams.in, streams.out, streams.err});
    runtime::Launched launched;
    launched.pid = child.release();
    launched.process = sys::open_child(launched.pid);
    return launched;
  }
  void release(const std::string&, runtime::Launched&) override {}
  runtime::Executed probe(const std::string& id, const runtime::Launched&,
                          const std::vector<std::string>& test, int out) override {
    note("probe " + id);
    if (test.at(1).empty()) throw base::Error("no such check", 127);
    const sys::Fd null = sys::open_file("/dev/null");
    runtime::Executed executed;
    executed.pid =
        sys::Child::spawn({"/bin/sh", "-c", test.at(1)}, {null.get(), out, out}).release();
    executed.process = sys::open_child(executed.pid);
    return executed;
  }
  std::string cgroup(const std::string&) override { return ""; }
  bool ended(const std::string& id) override {
    note("ended " + id);
    return false;
  }
  void remove(const std::string& id) override { note("remove " + id); }
  void sweep() override {}
  void tell(const std::string&, events::Event event) override {
    std::string text = "  " + event.status;
    if (event.exit_code) text += " " + std::to_string(*event.exit_code);
    if (!event.health_status.empty()) text += " " + event.health_status;
    const sys::Fd file = sys::open_file(folder_ + "/told", O_WRONLY | O_CREAT | O_APPEND);
    sys::write_all(file, text + "\n");
  }
  void rest() override { note("rest"); }

 private:
  const Script& find(const std::string& id) const {
    for (const Script& script : scripts_) {
      if (script.member.id == id) return script;
    }
    throw base::Error("no container " + id);
  }
  void note(const std::string& what) const {
    const sys::Fd file = sys::open_file(folder_ + "/done", O_WRONLY | O_CREAT | O_APPEND);
    sys::write_all(file, what + "\n");
  }

  std::string folder_;
  std::vector<Script> scripts_;
};

class MonitorLoop : public WithFolder {
 protected:
  // A container called `id` that runs this script.
  Member& add(const std::string& id, const std::string& text) {
    Scripts::Script& script = scripts_.emplace_back();
    script.member.id = id;
    script.member.name = id;
    script.member.runtime_directory = folder + "/" + id;
    script.member.log_path = folder + "/" + id + ".log";
    script.text = text;
    sys::make_dirs(script.member.runtime_directory);
    return script.member;
  }

  // Forks the monitor and sends the first request.
  void begin(const Json& request) {
    sys::Fd listener = sys::listen_at(folder, monitor::kSocketName);
    auto [ours, theirs] = sys::make_socket_pair();
    const pid_t pid = ::fork();
    if (pid == 0) {
      ours.reset();
      Scripts work(folder, scripts_);
      monitor::run(work, std::move(listener), std::move(theirs));
      ::_exit(0);
    }
    monitor_ = sys::Child(pid);
    first = std::move(ours);
    monitor::send(first, request);
  }
  static Json request(const char* what, const char* id) {
    return Json::object({{"do", what}, {"id", id}});
  }
  static Json start(const char* id, bool attach = false) {
    Json json = request("start", id);
    json["attach"] = attach;
    return json;
  }
  static Json answer(const sys::Fd& socket) {
    const auto packet = monitor::receive(socket);
    return packet ? packet->json() : Json::object({{"gone", true}});
  }
  // A further command's request.
  sys::Fd ask(const Json& what) const {
    auto socket = sys::connect_to(folder, monitor::kSocketName);
    if (!socket) throw base::Error("no monitor");
    monitor::send(*socket, what);
    return std::move(*socket);
  }
  monitor::State state(const std::string& id) const {
    return monitor::read_state(folder + "/" + id);
  }
  std::string done() const { return sys::find_file(folder + "/done").value_or(""); }
  std::string told() const { return sys::find_file(folder + "/told").value_or(""); }
  // All that is heard, by kind, up to the answer that tells the end.
  std::map<char, std::string> hear(const sys::Fd& socket) {
    std::map<char, std::string> heard;
    while (const auto packet = monitor::receive(socket)) {
      if (packet->kind != monitor::Kind::Json) {
        heard[static_cast<char>(packet->kind)] += packet->bytes;
      } else if (packet->json().find("exit") != nullptr) {
        heard['x'] = std::to_string(packet->json().at("exit").as_integer());
        break;
      }
    }
    return heard;
  }
  int monitor_end() { return monitor_.wait(); }
  void kill_now(const char* id) const {
    Json kill = request("kill", id);
    kill["signal"] = SIGKILL;
    answer(ask(kill));
  }

  sys::Fd first;

 private:
  std::vector<Scripts::Script> scripts_;
  sys::Child monitor_;
};

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
