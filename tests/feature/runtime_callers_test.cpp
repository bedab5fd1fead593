// What callers of an OCI runtime expect beyond the letter of the specification: as runc and crun do
// it, and as their own suites ask for it.
#include "tests/support/bundle.hpp"
#include "tests/support/skip.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include <sys/stat.h>
#include <unistd.h>

using support::place;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

namespace {

using base::Json;

class OciCallers : public support::BundleTest {
 protected:
  void SetUp() override {
    SKIP_FOR(support::why_no_shell());
    BundleTest::SetUp();
  }
  void TearDown() override {
    if (!IsSkipped()) BundleTest::TearDown();
  }

  void mount(const std::string& destination, const std::string& type, const std::string& source,
             const support::Words& options) {
    config["mounts"].push_back(Json::object(
        {{"destination", destination}, {"type", type}, {"source", source}, {"options", options}}));
  }

  // `run` with variables of the caller's own.
  support::Result run_with(const support::Words& variables, const std::string& command) {
    place(config, "process.args") = support::Words{"sh", "-c", command};
    write_config();
    support::Words words = {"env"};
    words.insert(words.end(), variables.begin(), variables.end());
    for (const std::string& word : runtime_words({"run", "--bundle", bundle(), "c"}))
      words.push_back(word);
    return support::run(words, Home::start());
  }

  std::string read(const std::string& path) const {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

TEST_F(OciCallers, TheRootPropagatesAsAsked) {
  for (const char* word : {"shared", "rshared", "unbindable", "private", "rslave"}) {
    place(config, "linux.rootfsPropagation") = word;
    const auto result = run_shell("cut -d ' ' -f 5- /proc/self/mountinfo | grep '^/ '");

    EXPECT_EQ(result.status, 0) << word << result;
    const bool is_shared = std::string(word).ends_with("shared");
    EXPECT_EQ(result.out.find(" shared:") != std::string::npos, is_shared) << word << result;
    EXPECT_EQ(result.out.find(" unbindable ") != std::string::npos,
              std::string(word) == "unbindable");
  }
}

TEST_F(OciCallers, MountsAreShownInTheirOrder) {
  mount("/first", "tmpfs", "tmpfs", {});
  mount("/second", "tmpfs", "tmpfs", {});

  const auto result = run_shell("cut -d ' ' -f 5 /proc/self/mountinfo");

  const std::size_t proc = result.out.find("/proc\n");
  const std::size_t first = result.out.find("/first\n");
  const std::size_t second = result.out.find("/second\n");
  ASSERT_NE(second, std::string::npos) << result;
  EXPECT_LT(first, second) << result;
  const std::string release = support::run({"uname", "-r"}, Home::start()).out;
  if (const int major = std::stoi(release); major >= 7 || release.starts_with("6.18")) {
    EXPECT_LT(proc, first) << result;
  }
}

TEST_F(OciCallers, OptionsOfAFileSystemMeanNothingForABind) {
  mount("/mine", "bind", root(), {"rbind", "mode=755", "size=64k"});

  const auto result = run_shell("test -d /mine/bundle && echo there");

  EXPECT_EQ(result.out, "there\n") << result;
  EXPECT_THAT(result.err, HasSubstr("option mode has no meaning for a bind mount"));
}

TEST_F(OciCallers, OfVariablesOfOneNameTheLastOneCounts) {
  place(config, "process.env") =
      support::Words{"ONE=two", "PATH=/usr/bin:/bin", "ONE=three", "HOME=/other", "HOME="};

  const auto result = run_shell("env | grep -c ^ONE=; echo $ONE $HOME");

  EXPECT_EQ(result.out, "1\nthree /root\n") << result;
}

TEST_F(OciCallers, AFurtherProcessHasThePersonalityAndWhatIsAddedAlone) {
  place(config, "linux.personality") = Json::object({{"domain", "LINUX32"}});
  place(config, "process.capabilities") = Json::object();
  start("c", {"sleep", "100"});

  EXPECT_EQ(runtime({"exec", "c", "busybox", "uname", "-m"}).out, "i686\n");
  const auto result = runtime({"exec", "--cap", "CAP_KILL", "c", "sh", "-c",
                               "grep -E 'Cap(Bnd|Prm|Inh|Amb)' "
                               "/proc/self/status | tr -s '0\\t\\n' '0  '"});
  EXPECT_EQ(result.out, "CapInh: 0 CapPrm: 020 CapBnd: 020 CapAmb: 0 ") << result;
}

TEST_F(OciCallers, FailuresToExecuteAreNotTheCommands) {
  start("c", {"sleep", "100"});

  EXPECT_EQ(runtime({"exec", "c", "no-such-command"}).status, 255);
  EXPECT_EQ(runtime({"exec", "--pid-file", "/no/such/folder/pid", "c", "true"}).status, 255);
}

TEST_F(OciCallers, HooksWithoutAnEnvironmentHaveOurs) {
  for (const auto& [name, expected] :
       {std::pair<const char*, const char*>{"createRuntime", "$CALLERS = mine"},
        {"startContainer", "$OF_PROCESS = yes"}}) {
    place(config, std::string("hooks.") + name)
        .push_back(
            Json::object({{"path", "/bin/sh"},
                          {"args", support::Words{"sh", "-c", std::string("test ") + expected}}}));
  }
  place(config, "process.env").push_back("OF_PROCESS=yes");

  EXPECT_EQ(run_with({"CALLERS=mine"}, "true").status, 0);
  EXPECT_THAT(run_with({"CALLERS=others"}, "true").err,
              HasSubstr("hook /bin/sh (hooks.createRuntime[0]): ended with status 1"));
}

TEST_F(OciCallers, TheLastWordsOfAStartThatFailsAreHeard) {
  place(config, "process.terminal") = true;
  place(config, "hooks.startContainer")
      .push_back(Json::object(
          {{"path", "/bin/sh"}, {"args", support::Words{"sh", "-c", "echo why; exit 1"}}}));

  const auto result = run({"true"});

  EXPECT_NE(result.status, 0);
  EXPECT_EQ(result.out, "why\n") << result;
}

TEST_F(OciCallers, ATerminalsLinesEndPlainlyInAFile) {
  place(config, "process.terminal") = true;

  EXPECT_EQ(run_shell("test -t 1 && echo one; echo two").out, "one\ntwo\n");
}

TEST_F(OciCallers, PassesSocketsOfAServiceOn) {
  const auto result = run_with({"LISTEN_FDS=1", "LISTEN_FDNAMES=web"},
                               "echo $LISTEN_FDS $LISTEN_PID $LISTEN_FDNAMES");

  EXPECT_EQ(result.out, "1 1 web\n") << result;
}

TEST_F(OciCallers, LeavesTheOldRootWhereItCannotBeTakenOff) {
  place(config, "process.args") =
      support::Words{"sh", "-c", "ls -d /etc /bin; cat /proc/self/stat >&2"};
  write_config();

  const auto result = runtime({"run", "--no-pivot", "c"});

  EXPECT_EQ(result.status, 0) << result;
  EXPECT_THAT(result.out, HasSubstr("/bin"));
}

TEST_F(OciCallers, SignalZeroAsksWhetherItRuns) {
  start("c", {"sleep", "100"});

  EXPECT_EQ(runtime({"kill", "c", "0"}).status, 0);
  must_runtime({"kill", "c", "KILL"});
  ASSERT_TRUE(comes_to("c", "stopped"));
  EXPECT_THAT(runtime({"kill", "c", "0"}).err, HasSubstr("container not running"));
}

TEST_F(OciCallers, DeletesAllThatMatch) {
  start("web-1", {"sleep", "100"});
  start("web-2", {"sleep", "100"});
  start("c", {"sleep", "100"});

  must_runtime({"delete", "--force", "--regex", "^web-[0-9]$"});

  EXPECT_EQ(runtime({"list", "--quiet"}).out, "c\n");
  EXPECT_THAT(runtime({"delete", "--regex", "("}).err, HasSubstr("not an expression"));
}

TEST_F(OciCallers, WarningsGoToTheLogInPlaceOfTheContainersOutput) {
  const support::Words bounding = {"CAP_NO_SUCH"};
  place(config, "process.capabilities.bounding") = bounding;
  place(config, "process.args") = support::Words{"true"};
  write_config();
  support::Words words = {support::runtime_program(),
                          "--root",
                          root() + "/run/oci",
                          "--log",
                          root() + "/log",
                          "run",
                          "--bundle",
                          bundle(),
                          "c"};

  const auto result = support::run(words, Home::start());

  EXPECT_EQ(result.err, "") << result;
  EXPECT_THAT(read(root() + "/log"),
              MatchesRegex("time=\"[^\"]*\" level=warning msg=\".*NO_SUCH.*\n"));
}

TEST_F(OciCallers, StartWaitsForWhoeverIsStillMakingIt) {
  place(config, "hooks.createRuntime")
      .push_back(
          Json::object({{"path", "/bin/sh"}, {"args", support::Words{"sh", "-c", "sleep 1"}}}));
  place(config, "process.args") = support::Words{"sh", "-c", "echo done >/said"};
  write_config();
  support::Words words = {"sh", "-c", "\"$@\" >/dev/null 2>&1 & wait", "sh"};
  for (const std::string& word : runtime_words({"create", "--bundle", bundle(), "c"}))
    words.push_back(word);
  words[2] = "\"$@\" >/dev/null 2>&1 & while ! test -e " + root() + "/run/oci/c; do :; done";

  EXPECT_EQ(support::run(words, Home::start()).status, 0);
  const auto started = runtime({"start", "c"});

  EXPECT_EQ(started.status, 0) << started;
  EXPECT_TRUE(comes_to("c", "stopped"));
  EXPECT_EQ(read(rootfs() + "/said"), "done\n");
}

}  // namespace
