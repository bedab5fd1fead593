// The life of a container of pod-runtime, as runtime.md of the OCI runtime specification has it.
#include "tests/support/bundle.hpp"
#include "tests/support/skip.hpp"

#include <gmock/gmock.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using support::place;
using ::testing::HasSubstr;
using ::testing::StartsWith;

namespace {

class OciRuntime : public support::BundleTest {
 protected:
  void SetUp() override {
    SKIP_FOR(support::why_no_shell());
    BundleTest::SetUp();
  }
  void TearDown() override {
    if (!IsSkipped()) BundleTest::TearDown();
  }

  void create(const std::string& id, const support::Words& args) {
    place(config, "process.args") = args;
    write_config();
    support::Words words = {"sh", "-c", "exec \"$@\" >/dev/null 2>&1", "sh"};
    for (const std::string& word : runtime_words({"create", "--bundle", bundle(), id}))
      words.push_back(word);
    EXPECT_EQ(support::run(words, Home::start()).status, 0);
  }

  std::string read(const std::string& path) const {
    std::ifstream file(path);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }

  std::vector<std::string> left() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(root() + "/run/oci")) {
      const std::string name = entry.path().filename();
      if (!name.starts_with('.')) names.push_back(name);
    }
    return names;
  }
};

TEST_F(OciRuntime, GoesThroughALifeStepByStep) {
  place(config, "annotations") = base::Json::object({{"org.example.key", "value"}});
  create("c", {"sleep", "100"});

  const base::Json created = state("c");
  EXPECT_EQ(created.at("status").as_string(), "created");
  EXPECT_EQ(created.at("id").as_string(), "c");
  EXPECT_EQ(created.at("ociVersion").as_string(), config.at("ociVersion").as_string());
  EXPECT_EQ(created.at("bundle").as_string(), bundle());
  EXPECT_EQ(created.at("annotations").at("org.example.key").as_string(), "value");
  const auto pid = static_cast<pid_t>(created.at("pid").as_integer());
  EXPECT_EQ(::kill(pid, 0), 0);

  must_runtime({"start", "c"});
  EXPECT_EQ(state("c").at("status").as_string(), "running");
  EXPECT_EQ(state("c").at("pid").as_integer(), pid);

  must_runtime({"kill", "c", "SIGKILL"});
  EXPECT_TRUE(comes_to("c", "stopped"));

  must_runtime({"delete", "c"});
  EXPECT_NE(runtime({"state", "c"}).status, 0);
  EXPECT_TRUE(left().empty());
}

TEST_F(OciRuntime, RefusesWhatAStateDoesNotAllow) {
  create("c", {"sleep", "100"});
  EXPECT_THAT(runtime({"create", "c"}).err, HasSubstr("container c: there is one"));
  EXPECT_THAT(runtime({"delete", "c"}).err, HasSubstr("delete container c: it is created"));
  EXPECT_EQ(status("c"), "created");

  must_runtime({"start", "c"});
  EXPECT_THAT(runtime({"start", "c"}).err, HasSubstr("start container c: it is running"));
  EXPECT_THAT(runtime({"delete", "c"}).err, HasSubstr("delete container c: it is running"));
  EXPECT_EQ(status("c"), "running");

  must_runtime({"kill", "c", "9"});
  EXPECT_TRUE(comes_to("c", "stopped"));
  for (const char* command : {"start", "kill", "exec"}) {
    const auto result = runtime({command, "c", "true"});
    EXPECT_NE(result.status, 0) << command;
    EXPECT_NE(result.err, "") << command;
  }
  EXPECT_THAT(runtime({"kill", "c"}).err, HasSubstr("kill container c: it is stopped"));
}

TEST_F(OciRuntime, KnowsNoContainerThatWasNeverMade) {
  for (const char* command : {"state", "start", "kill", "delete", "exec", "ps", "pause"}) {
    const auto result = runtime({command, "nobody", "TERM"});
    EXPECT_NE(result.status, 0) << command;
  }
  EXPECT_THAT(runtime({"state", "nobody"}).err, HasSubstr("container nobody: does not exist"));
  EXPECT_EQ(runtime({"delete", "--force", "nobody"}).status, 0);
  for (const char* command : {"state", "create", "start", "kill", "delete"})
    EXPECT_THAT(runtime({command}).err, HasSubstr("CONTAINER is missing")) << command;
}

TEST_F(OciRuntime, TakesNoIdThatIsAPath) {
  for (const char* id : {"../c", "a/b", ".", "..", "", "a b", ".hidden"})
    EXPECT_THAT(runtime({"run", id}).err, HasSubstr("container id")) << id;
}

TEST_F(OciRuntime, LeavesNothingWhenItCannotCreate) {
  place(config, "process.args") = support::Words{"no-such-command"};
  const auto missing = runtime({"create", "c"});
  EXPECT_EQ(missing.status, 1);
  EXPECT_THAT(missing.err, HasSubstr("executable file not found in $PATH"));

  place(config, "process.args") = support::Words{"true"};
  place(config, "root.path") = "nowhere";
  EXPECT_THAT(runtime({"create", "c"}).err, HasSubstr("no such file or directory"));
  EXPECT_TRUE(!std::filesystem::exists(root() + "/run/oci") || left().empty());
}

// conmon and its like take in orphans, and hear of the end that way.
TEST_F(OciRuntime, LeavesItsProcessToWhoeverTakesInOrphans) {
  create("c", {"sleep", "100"});

  const std::string status =
      read("/proc/" + std::to_string(state("c").at("pid").as_integer()) + "/status");

  EXPECT_THAT(status, HasSubstr("\nPPid:\t" + std::to_string(::getpid()) + "\n"));
}

TEST_F(OciRuntime, RunsToTheEndWithTheCommandsStatus) {
  const auto result = run_shell("echo said; echo complained >&2; exit 7");

  EXPECT_EQ(result.status, 7);
  EXPECT_EQ(result.out, "said\n");
  EXPECT_EQ(result.err, "complained\n");
  EXPECT_TRUE(left().empty());
}

TEST_F(OciRuntime, GivesTheContainerItsInput) {
  place(config, "process.args") = support::Words{"cat"};

  EXPECT_EQ(runtime({"run", "c"}, "through\n").out, "through\n");
}

TEST_F(OciRuntime, WritesTheProcesssNumber) {
  place(config, "process.args") = support::Words{"sleep", "100"};
  write_config();
  start("c", {"sleep", "100"});
  must_runtime({"kill", "c", "KILL"});
  EXPECT_TRUE(comes_to("c", "stopped"));
  must_runtime({"delete", "c"});

  create("d", {"true"});
  must_runtime({"delete", "--force", "d"});
  support::Words words = {"sh", "-c", "exec \"$@\" >/dev/null 2>&1", "sh"};
  for (const std::string& word :
       runtime_words({"create", "--pid-file", root() + "/pid", "--bundle", bundle(), "c"})) {
    words.push_back(word);
  }
  EXPECT_EQ(support::run(words, Home::start()).status, 0);
  EXPECT_EQ(read(root() + "/pid"), std::to_string(state("c").at("pid").as_integer()));
}

TEST_F(OciRuntime, RunsFurtherProcesses) {
  start("c", {"sleep", "100"});

  const auto result = runtime({"exec", "--env", "A=b", "--cwd", "/tmp", "c", "sh", "-c",
                               "echo $A $(pwd) $(readlink /proc/self/ns/pid) $$; exit 5"});
  EXPECT_EQ(result.status, 5) << result;
  EXPECT_THAT(result.out, StartsWith("b /tmp pid:["));

  base::Json process = config.at("process");
  process["args"] = support::Words{"sh", "-c", "id -u; grep CapEff /proc/self/status; umask"};
  place(process, "user.umask") = 077;
  process["capabilities"] = base::Json::object();
  write("process.json", process.dump());
  const auto by_file = runtime({"exec", "--process", root() + "/process.json", "c"});
  EXPECT_EQ(by_file.out, "0\nCapEff:\t0000000000000000\n0077\n") << by_file;

  EXPECT_THAT(runtime({"exec", "c", "no-such-command"}).err,
              HasSubstr("executable file not found"));
}

TEST_F(OciRuntime, ExecutesBesideUsWhenAsked) {
  start("c", {"sleep", "100"});
  support::Words words = {"sh", "-c", "exec \"$@\" >/dev/null 2>&1", "sh"};
  for (const std::string& word :
       runtime_words({"exec", "--detach", "--pid-file", root() + "/pid", "c", "sleep", "50"})) {
    words.push_back(word);
  }
  EXPECT_EQ(support::run(words, Home::start()).status, 0);

  EXPECT_EQ(::kill(std::stoi(read(root() + "/pid")), 0), 0);
  const base::Json pids = base::Json::parse(must_runtime({"ps", "--format", "json", "c"}));
  EXPECT_EQ(pids.as_array().size(), 2U);
}

TEST_F(OciRuntime, SendsSignalsByNameAndNumber) {
  start("c", {"sh", "-c",
              "trap 'touch /seen' USR1; trap 'exit 3' TERM; touch /ready; while :; do usleep "
              "20000; done"});
  for (int i = 0; i < 300 && !std::filesystem::exists(rootfs() + "/ready"); ++i)
    ::usleep(10000);

  must_runtime({"kill", "c", "USR1"});
  for (int i = 0; i < 300 && !std::filesystem::exists(rootfs() + "/seen"); ++i)
    ::usleep(10000);
  EXPECT_TRUE(std::filesystem::exists(rootfs() + "/seen"));
  must_runtime({"kill", "c", "15"});
  EXPECT_TRUE(comes_to("c", "stopped"));
  EXPECT_THAT(runtime({"kill", "c", "NOSUCH"}).err, HasSubstr("NOSUCH"));
}

TEST_F(OciRuntime, ListsItsContainers) {
  create("d", {"true"});
  start("c", {"sleep", "100"});

  EXPECT_EQ(runtime({"list", "--quiet"}).out, "c\nd\n");
  EXPECT_THAT(runtime({"list"}).out, HasSubstr("running"));
  const base::Json all = base::Json::parse(must_runtime({"list", "--format", "json"}));
  ASSERT_EQ(all.as_array().size(), 2U);
  EXPECT_EQ(all.as_array().at(1).at("status").as_string(), "created");
}

TEST_F(OciRuntime, ForcesADeletion) {
  start("c", {"sleep", "100"});
  const auto pid = static_cast<pid_t>(state("c").at("pid").as_integer());

  must_runtime({"delete", "--force", "c"});

  ::waitpid(pid, nullptr, WNOHANG);
  EXPECT_NE(::kill(pid, 0), 0);
  EXPECT_TRUE(left().empty());
}

TEST_F(OciRuntime, HasATerminalOfItsOwn) {
  place(config, "process.terminal") = true;
  place(config, "process.consoleSize") = base::Json::object({{"height", 33}, {"width", 77}});
  place(config, "process.args") = support::Words{"sh", "-c", "tty; exit 3"};
  write_config();
  support::Start where = Home::start();
  where.directory = bundle();
  where.terminal = true;

  const auto result = support::run(runtime_words({"run", "c"}), where);

  EXPECT_EQ(result.status, 3) << result;
  EXPECT_THAT(result.out, HasSubstr("/dev/pts/0"));
  EXPECT_THAT(runtime({"create", "c"}).err, HasSubstr("--console-socket is missing"));
}

TEST_F(OciRuntime, TellsErrorsToALogInJson) {
  const auto result =
      support::run({support::runtime_program(), "--root", root() + "/run/oci", "--log",
                    root() + "/log", "--log-format", "json", "state", "nobody"},
                   Home::start());

  EXPECT_EQ(result.status, 1);
  const base::Json line = base::Json::parse(read(root() + "/log"));
  EXPECT_EQ(line.at("level").as_string(), "error");
  EXPECT_THAT(line.at("msg").as_string(), HasSubstr("does not exist"));
}

TEST_F(OciRuntime, SaysWhatItIsAndUnderstands) {
  EXPECT_THAT(runtime({"--version"}).out, StartsWith("pod-runtime version "));
  const base::Json features = base::Json::parse(must_runtime({"features"}));
  EXPECT_EQ(features.at("ociVersionMin").as_string(), "1.0.0");
  EXPECT_EQ(features.at("hooks").as_array().size(), 6U);
  EXPECT_FALSE(features.at("linux").at("selinux").at("enabled").as_bool());
}

TEST_F(OciRuntime, PausesWhereItHasACgroup) {
  start("c", {"sleep", "100"});
  const auto paused = runtime({"pause", "c"});
  if (const std::string why = support::why_no_cgroups(); !why.empty()) {
    EXPECT_THAT(paused.err, HasSubstr("it has no cgroup of its own"));
    GTEST_SKIP() << why;
  }
  EXPECT_EQ(paused.status, 0) << paused;
  EXPECT_EQ(status("c"), "paused");
  EXPECT_NE(runtime({"exec", "c", "true"}).status, 0);
  must_runtime({"resume", "c"});
  EXPECT_EQ(status("c"), "running");
}

}  // namespace
