// When pod-runtime runs hooks, where, and what happens when they fail; runtime.md, "Lifecycle".
#include "tests/support/bundle.hpp"
#include "tests/support/skip.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include <sys/stat.h>
#include <unistd.h>

using support::place;
using ::testing::HasSubstr;

namespace {

using base::Json;

class OciHooks : public support::BundleTest {
 protected:
  void SetUp() override {
    SKIP_FOR(support::why_no_shell());
    BundleTest::SetUp();
    log_ = root() + "/hooks.log";
    std::ofstream(log_).flush();
  }
  void TearDown() override {
    if (!IsSkipped()) BundleTest::TearDown();
  }

  // A hook that writes "NAME NAMESPACE STATE" where the host and the container both can.
  Json hook(const std::string& name, const std::string& then = "") const {
    const std::string log = name == "startContainer" ? "/log/hooks.log" : log_;
    return Json::object(
        {{"path", "/bin/sh"},
         {"args", support::Words{"sh", "-c",
                                 "read -r state; echo " + name +
                                     " $(readlink /proc/self/ns/mnt) $WORD \"$state\" >>" + log +
                                     "; " + then}},
         {"env", support::Words{"WORD=" + name, "PATH=/usr/bin:/bin"}}});
  }

  void add(const std::string& name, Json hook) {
    place(config, "hooks." + name).push_back(std::move(hook));
  }

  void share_log() {
    config["mounts"].push_back(Json::object({{"destination", "/log"},
                                             {"type", "bind"},
                                             {"source", root()},
                                             {"options", support::Words{"rbind"}}}));
  }

  // Each line's words: name, namespace, variable; then the state.
  std::vector<std::vector<std::string>> lines() const {
    std::vector<std::vector<std::string>> out;
    std::ifstream file(log_);
    for (std::string line; std::getline(file, line);) {
      std::istringstream words(line);
      std::vector<std::string> parts(4);
      words >> parts[0] >> parts[1] >> parts[2];
      std::getline(words >> std::ws, parts[3]);
      out.push_back(parts);
    }
    return out;
  }

  std::string log_;
};

TEST_F(OciHooks, RunInTheirOrderAndPlaceWithTheStateAsInput) {
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"prestart", "creating"},      {"createRuntime", "creating"}, {"createContainer", "creating"},
      {"startContainer", "created"}, {"poststart", "running"},      {"poststop", "stopped"}};
  for (const auto& [name, status] : expected)
    add(name, hook(name));
  share_log();
  config["annotations"] = Json::object({{"key", "value"}});
  std::string own(64, '\0');
  own.resize(static_cast<std::size_t>(::readlink("/proc/self/ns/mnt", own.data(), own.size())));

  const auto result = run({"sleep", "0.3"});

  EXPECT_EQ(result.status, 0) << result;
  const auto said = lines();
  ASSERT_EQ(said.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto& [name, status] = expected[i];
    EXPECT_EQ(said[i][0], name);
    EXPECT_EQ(said[i][2], name);
    const bool is_inside = name == "createContainer" || name == "startContainer";
    EXPECT_EQ(said[i][1] != own, is_inside) << name;
    const Json state = Json::parse(said[i][3]);
    EXPECT_EQ(state.at("status").as_string(), status) << name;
    EXPECT_EQ(state.at("id").as_string(), "c");
    EXPECT_EQ(state.at("bundle").as_string(), bundle());
    EXPECT_EQ(state.at("annotations").at("key").as_string(), "value");
    if (is_inside) {
      EXPECT_EQ(state.at("pid").as_integer(), 1);
    } else if (name != "poststop") {
      EXPECT_GT(state.at("pid").as_integer(), 1);
    }
  }
}

TEST_F(OciHooks, ThatFailStopTheContainer) {
  share_log();
  for (const char* name : {"prestart", "createRuntime", "createContainer", "startContainer"}) {
    std::ofstream(log_).flush();
    config["hooks"] = Json::object();
    add(name, hook(name, "exit 3"));
    add(name, hook("second"));
    add("poststop", hook("poststop"));

    const auto result = run({"echo", "ran"});

    EXPECT_EQ(result.status, 1) << name;
    EXPECT_EQ(result.out, "") << name;
    EXPECT_THAT(result.err, HasSubstr("hook /bin/sh")) << name;
    const auto said = lines();
    ASSERT_EQ(said.size(), 2U) << name;
    EXPECT_EQ(said[0][0], name);
    EXPECT_EQ(said[1][0], "poststop");
    EXPECT_EQ(runtime({"list", "--quiet"}).out, "");
  }
}

TEST_F(OciHooks, ThatComeTooLateAreOnlyWarnedOf) {
  add("poststart", hook("poststart", "exit 3"));
  add("poststart", hook("second"));
  add("poststop", hook("poststop", "exit 3"));

  const auto result = run({"echo", "ran"});

  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.out, "ran\n");
  EXPECT_THAT(result.err,
              HasSubstr("warning: hook /bin/sh (hooks.poststart[0]): ended with status 3"));
  EXPECT_EQ(lines().size(), 3U);
}

TEST_F(OciHooks, ThatTakeTooLongAreEnded) {
  for (const char* name : {"createRuntime", "createContainer"}) {
    config["hooks"] = Json::object();
    Json slow = Json::object({{"path", "/bin/sleep"}, {"args", support::Words{"sleep", "20"}}});
    slow["timeout"] = 1;
    add(name, slow);

    const auto result = run({"echo", "ran"});

    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.err, HasSubstr("longer than its timeout")) << name;
  }
}

TEST_F(OciHooks, ThatAreMissingAreAnError) {
  add("createRuntime", Json::object({{"path", "/no/such/hook"}}));

  EXPECT_THAT(run({"true"}).err, HasSubstr("/no/such/hook: no such file or directory"));
}

}  // namespace
