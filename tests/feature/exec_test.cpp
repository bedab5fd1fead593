#include "tests/support/home.hpp"
#include "tests/support/skip.hpp"

#include <gmock/gmock.h>

#include <csignal>

using ::testing::HasSubstr;
using ::testing::StartsWith;

class Exec : public support::Home {
 protected:
  void SetUp() override {
    Home::SetUp();
    start_probe({"forever"}, {"--name", "web", "-e", "ONE=1", "--hostname", "inside"});
  }

  support::Result exec(const support::Words& command, const support::Words& flags = {}) {
    support::Words all = {"exec"};
    all.insert(all.end(), flags.begin(), flags.end());
    all.push_back("web");
    all.insert(all.end(), command.begin(), command.end());
    return pod(all);
  }
};

TEST_F(Exec, RunsACommandInTheContainer) {
  const auto result = exec({"probe", "hostname", "error", "two"});

  EXPECT_EQ(result.status, 0) << result;
  EXPECT_EQ(result.out, "inside\n");
  EXPECT_EQ(result.err, "two\n");
}

TEST_F(Exec, EndsAsTheCommandDoes) {
  EXPECT_EQ(exec({"probe", "exit", "9"}).status, 9);
  EXPECT_EQ(exec({"probe", "kill", "9"}).status, 137);
  EXPECT_EQ(exec({"no-such-command"}).status, 127);
  EXPECT_EQ(exec({"/bin"}).status, 126);
  EXPECT_EQ(pod({"exec", "missing", "probe"}).status, 125);
  EXPECT_EQ(pod({"exec", "--no-such-flag", "web", "probe"}).status, 125);
}

TEST_F(Exec, SharesAllNamespaces) {
  const int pid = static_cast<int>(inspect("web").at("State").at("Pid").as_integer());
  ASSERT_GT(pid, 0);

  for (const char* kind : {"user", "mnt", "pid", "net", "ipc", "uts", "cgroup"}) {
    const auto result = support::run({"readlink", "/proc/" + std::to_string(pid) + "/ns/" + kind});
    EXPECT_EQ(exec({"probe", "ns", kind}).line(), result.line()) << kind;
  }
}

TEST_F(Exec, HasTheContainersRights) {
  EXPECT_EQ(exec({"probe", "status", "CapEff"}).line(), "CapEff:\t00000000800405fb");
  EXPECT_EQ(exec({"probe", "status", "Seccomp:"}).line(), "Seccomp:\t2");
  EXPECT_EQ(exec({"probe", "try", "mount"}).line(), "mount refused");
  EXPECT_EQ(exec({"probe", "fds"}).line(), "0 1 2 ");
  EXPECT_EQ(exec({"probe", "try", "mount"}, {"--privileged"}).line(), "mount allowed");
}

TEST_F(Exec, HasTheContainersEnvironmentAndMore) {
  EXPECT_EQ(exec({"probe", "env", "ONE", "env", "TWO"}, {"-e", "TWO=2"}).out, "1\n2\n");
  EXPECT_THAT(exec({"probe", "env", "PATH"}).line(), StartsWith("/usr/local/sbin"));
}

TEST_F(Exec, ReplacesVariablesOfTheContainer) {
  const std::string all = exec({"probe", "env", "all"}, {"-e", "HOSTNAME=other"}).out;

  EXPECT_THAT(all, HasSubstr("HOSTNAME=other\n"));
  EXPECT_EQ(all.find("HOSTNAME="), all.rfind("HOSTNAME="));
}

TEST_F(Exec, TakesUserAndFolder) {
  EXPECT_THAT(exec({"probe", "ids"}, {"--user", "user"}).line(), StartsWith("1000:1000"));
  EXPECT_EQ(exec({"probe", "env", "HOME"}, {"--user", "user"}).line(), "/home/user");
  EXPECT_EQ(exec({"probe", "pwd"}, {"--workdir", "/home"}).line(), "/home");
  EXPECT_NE(exec({"probe", "pwd"}, {"--workdir", "/missing"}).status, 0);
}

TEST_F(Exec, PassesInputOn) {
  const std::string text(1 << 20, 'y');

  EXPECT_EQ(pod({"exec", "-i", "web", "probe", "read"}, text).out.size(), text.size());
  EXPECT_EQ(pod({"exec", "web", "probe", "read"}, "text").out, "");
}

TEST_F(Exec, ReturnsAtOnceWhenDetached) {
  const auto result = exec({"probe", "write", "/tmp/done", "x", "forever"}, {"--detach"});

  EXPECT_EQ(result.status, 0) << result;
  EXPECT_EQ(result.line().size(), 64U) << result;  // an id of the session
  EXPECT_FALSE(result.timed_out);
}

TEST_F(Exec, KeepsNothingOfItsCallerOpenWhenDetached) {
  support::Words all = {"/bin/sh", "-c", "exec \"$@\" 3>&1 >/dev/null", "sh"};
  for (const std::string& word : words({"exec", "-d", "web", "probe", "forever"}))
    all.push_back(word);

  const auto result = support::run(all, start(), "", 5);

  EXPECT_EQ(result.status, 0) << result;
  EXPECT_FALSE(result.timed_out);
}

TEST_F(Exec, RefusesAContainerThatDoesNotRun) {
  must({"stop", "-t", "0", "web"});

  const auto result = exec({"probe", "pid"});

  EXPECT_NE(result.status, 0);
  EXPECT_THAT(result.err, HasSubstr("web"));
}

TEST_F(Exec, EndsWithTheContainer) {
  support::Program program(words({"exec", "web", "probe", "print", "up", "forever"}), start());
  ASSERT_TRUE(program.expect("up"));

  must({"kill", "web"});

  EXPECT_EQ(program.wait().status, 137);
}

TEST_F(Exec, GivesATerminal) {
  support::Start terminal = start();
  terminal.terminal = true;
  terminal.rows = 31;
  terminal.columns = 97;
  support::Program program(
      words({"exec", "-it", "web", "probe", "terminal", "line", "terminal", "exit", "4"}),
      terminal);

  EXPECT_TRUE(program.expect("terminal 31x97"));
  program.resize(40, 111);
  program.signal(SIGWINCH);
  program.send("typed\n");
  EXPECT_TRUE(program.expect("line typed"));
  EXPECT_TRUE(program.expect("terminal 40x111"));
  EXPECT_EQ(program.wait().status, 4);
}

TEST_F(Exec, SendsCtrlCToTheCommand) {
  support::Start terminal = start();
  terminal.terminal = true;
  support::Program program(words({"exec", "-it", "web", "probe", "wait"}), terminal);

  ASSERT_TRUE(program.expect("waiting"));
  program.send("\x03");
  EXPECT_TRUE(program.expect("signal 2"));
  EXPECT_EQ(program.wait().status, 0);
}

TEST_F(Exec, LetsGoOfTheTerminal) {
  support::Start terminal = start();
  terminal.terminal = true;
  support::Program program(words({"exec", "-it", "web", "probe", "print", "up", "read"}), terminal);

  ASSERT_TRUE(program.expect("up"));
  program.send("\x10\x11");  // ctrl-p, ctrl-q
  EXPECT_EQ(program.wait(5).status, 0);
  EXPECT_EQ(must({"ps", "--format", "{{.Names}}"}), "web");
}

TEST_F(Exec, PassesDescriptorsOn) {
  support::Words shell = {"sh", "-c", "exec 3</dev/null 4</dev/zero; exec \"$@\"", "sh"};
  for (const std::string& word :
       words({"exec", "--preserve-fds", "2", "web", "probe", "ls", "/proc/self/fd"})) {
    shell.push_back(word);
  }

  const auto result = support::run(shell, start());

  EXPECT_EQ(result.status, 0) << result;
  EXPECT_THAT(result.out, HasSubstr("4")) << result;
  EXPECT_THAT(pod({"exec", "--preserve-fds", "900", "web", "probe", "pid"}).err,
              HasSubstr("is not open"));
}
