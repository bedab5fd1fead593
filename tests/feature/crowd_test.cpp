// Many at once, hostile names and flags, and what must not cost anything.
#include "pkg/base/text.hpp"
#include "tests/support/home.hpp"
#include "tests/support/skip.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <memory>

using ::testing::HasSubstr;

class Crowd : public support::Home {};

TEST_F(Crowd, RunsThirtyTwoAtOnce) {
  const std::string name = image();
  std::vector<std::unique_ptr<support::Program>> programs;

  for (int i = 0; i < 32; ++i) {
    programs.push_back(std::make_unique<support::Program>(
        words({"run", "--rm", "--network", "none", name, "probe", "print", std::to_string(i)}),
        start()));
  }

  for (int i = 0; i < 32; ++i) {
    const auto result = programs[static_cast<std::size_t>(i)]->wait(60);
    EXPECT_EQ(result.status, 0) << result;
    EXPECT_EQ(result.line(), std::to_string(i));
  }
  expect_nothing_left();
}

// There are about two thousand made-up names: some think of the same one at the same moment.
TEST_F(Crowd, CreatesTwoHundredAtOnceWithNamesOfTheirOwn) {
  const std::string name = image();
  std::vector<std::unique_ptr<support::Program>> programs;

  for (int i = 0; i < 200; ++i) {
    programs.push_back(std::make_unique<support::Program>(
        words({"create", "--network", "none", name, "probe"}), start()));
  }

  for (const auto& program : programs) {
    const auto result = program->wait(60);
    EXPECT_EQ(result.status, 0) << result;
  }
  EXPECT_EQ(base::split(must({"ps", "-a", "--format", "{{.Names}}"}), '\n').size(), 200U);
  must({"rm", "--all"});
}

TEST_F(Crowd, FillsAVolumeOnceAndWaitsUntilItIsFull) {
  SKIP_FOR(support::why_no_shell());
  must({"run", "--name", "maker", "--network", "none", image(), "sh", "-c",
        "mkdir /many && cd /many && seq 3000 | xargs touch"});
  must({"commit", "maker", "many"});
  must({"rm", "maker"});
  std::vector<std::unique_ptr<support::Program>> programs;

  for (int i = 0; i < 4; ++i) {
    programs.push_back(std::make_unique<support::Program>(
        words({"run", "--rm", "--network", "none", "-v", "full:/many", "many", "sh", "-c",
               "ls /many | wc -l"}),
        start()));
  }

  for (const auto& program : programs)
    EXPECT_EQ(program->wait(30).line(), "3000");
  must({"volume", "rm", "full"});
}

TEST_F(Crowd, GivesANameToOneOnly) {
  const std::string name = image();
  std::vector<std::unique_ptr<support::Program>> programs;
  for (int i = 0; i < 8; ++i) {
    programs.push_back(std::make_unique<support::Program>(
        words({"create", "--name", "web", "--network", "none", name, "probe"}), start()));
  }

  int made = 0;
  for (const auto& program : programs)
    made += program->wait(30).status == 0 ? 1 : 0;

  EXPECT_EQ(made, 1);
  EXPECT_EQ(must({"ps", "-a", "--format", "{{.Names}}"}), "web");
}

// Whoever comes second learns it at once, and the folder of the removed one's monitor stays away.
TEST_F(Crowd, RemovesWhatOthersRestart) {
  for (int i = 0; i < 5; ++i) {
    start_probe({"forever"}, {"--name", "web"});
    support::Program restart(words({"restart", "-t", "0", "web"}), start());
    support::Program remove(words({"rm", "-f", "-t", "0", "web"}), start());

    EXPECT_FALSE(restart.wait(5).timed_out);
    EXPECT_EQ(remove.wait(5).status, 0);
    pod({"rm", "-f", "-i", "-t", "0", "web"});
  }
  expect_nothing_left();
}

TEST_F(Crowd, ExecutesManyAtOnce) {
  start_probe({"forever"}, {"--name", "web"});
  std::vector<std::unique_ptr<support::Program>> programs;
  for (int i = 0; i < 16; ++i) {
    programs.push_back(std::make_unique<support::Program>(
        words({"exec", "web", "probe", "print", std::to_string(i)}), start()));
  }

  for (int i = 0; i < 16; ++i) {
    EXPECT_EQ(programs[static_cast<std::size_t>(i)]->wait(30).line(), std::to_string(i));
  }
}

TEST_F(Crowd, RefusesHostileNames) {
  const std::string name = image();

  for (const char* bad : {"../x", "a/b", "a b", "-x", ".", "a\nb", ""}) {
    const auto result =
        pod({"create", std::string("--name=") + bad, "--network", "none", name, "probe"});
    if (std::string(bad).empty()) continue;  // the same as no name
    EXPECT_EQ(result.status, 125) << bad << result;
  }
  EXPECT_EQ(pod({"rm", "../../etc"}).status, 1);
  EXPECT_EQ(pod({"pod", "create", "--name", "../x"}).status, 125);
  EXPECT_EQ(pod({"rmi", "../../etc"}).status == 0, false);
  EXPECT_EQ(pod({"volume", "create", "../x"}).status, 125);
}

TEST_F(Crowd, RefusesHostileFlags) {
  const std::string name = image();

  EXPECT_EQ(pod({"run", "-e", "=x", name, "probe"}).status, 125);
  EXPECT_EQ(pod({"run", "-v", ":", name, "probe"}).status, 125);
  EXPECT_EQ(pod({"run", "-v", "/x:relative", name, "probe"}).status, 125);
  EXPECT_EQ(pod({"run", "-p", "99999:1", name, "probe"}).status, 125);
  EXPECT_EQ(pod({"run", "--ulimit", "nofile=x", name, "probe"}).status, 125);
  EXPECT_EQ(pod({"run", "--restart", "perhaps", name, "probe"}).status, 125);
  EXPECT_EQ(pod({"run", "--workdir", "relative", "--network", "none", name, "probe"}).status, 125);
}

TEST_F(Crowd, PassesWordsOnAsTheyAre) {
  const auto result = probe({"print", "--rm", "print", "$HOME `id`", "print", "a\nb", "print", ""});

  EXPECT_EQ(result.out, "--rm\n$HOME `id`\na\nb\n\n") << result;
}

TEST_F(Crowd, CostsNoProcessWhenNothingRuns) {
  must({"create", "--name", "web", "--network", "none", image(), "probe"});
  must({"pod", "create", "--name", "site", "--network", "none"});

  EXPECT_TRUE(support::wait_for_no_descendants(1))
      << testing::PrintToString(support::descendants());
}

TEST_F(Crowd, CostsOneSmallProcessForAContainer) {
  const std::string id = start_probe({"forever"});
  const std::string pid = must({"inspect", "-f", "{{.State.Pid}}", id});
  const std::string monitor = support::run({"sh", "-c", "ps -o ppid= -p " + pid}).line();
  support::run({"sleep", "1"});  // memory is given back after half a second of rest

  EXPECT_EQ(support::descendants().size(), 2U) << testing::PrintToString(support::descendants());
  std::ifstream file("/proc/" + std::to_string(std::stoi(monitor)) + "/status");
  long own_kb = -1;  // NOLINT(google-runtime-int): /proc has no other word for it
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("RssAnon:")) own_kb = std::atol(line.c_str() + 8);
  }
  EXPECT_GT(own_kb, 0);
#if !defined(__SANITIZE_ADDRESS__)
  EXPECT_LT(own_kb, 1024);
#endif
}

TEST_F(Crowd, SaysOnceThatLimitsCannotBeHad) {
  const auto plain = probe({"print", "x"});
  EXPECT_EQ(plain.status, 0);
  EXPECT_EQ(plain.err, "");

  const auto limited = probe({"print", "x"}, {"--memory", "64m"});
  EXPECT_EQ(limited.status, 0) << limited;
}
