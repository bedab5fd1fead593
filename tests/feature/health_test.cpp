// Health checks: the flags of run, healthcheck run, ps, inspect, wait, and the probes of YAML
// files.
#include "tests/support/home.hpp"

#include <gmock/gmock.h>

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;

class Health : public support::Home {
 protected:
  // Runs for ever under the flags.
  std::string begin(const support::Words& flags) {
    support::Words all = {"--name", "web"};
    all.insert(all.end(), flags.begin(), flags.end());
    return start_probe({"forever"}, all);
  }
  std::string status() const { return must({"inspect", "-f", "{{.State.Health.Status}}", "web"}); }
};

TEST_F(Health, IsToldByACommandInTheContainer) {
  begin({"--health-cmd", R"(["probe", "print", "fine"])", "--health-interval", "100ms"});

  EXPECT_EQ(must({"wait", "--condition", "healthy", "web"}), "-1");

  EXPECT_THAT(must({"ps", "--format", "{{.Status}}"}), MatchesRegex("Up .*[(]healthy[)]"));
  const base::Json health = inspect("web").at("State").at("Health");
  EXPECT_EQ(health.at("Status").as_string(), "healthy");
  EXPECT_EQ(health.at("FailingStreak").as_integer(), 0);
  const base::Json& first = health.at("Log").as_array().at(0);
  EXPECT_EQ(first.at("ExitCode").as_integer(), 0);
  EXPECT_EQ(first.at("Output").as_string(), "fine\n");
  const base::Json check = inspect("web").at("Config").at("Healthcheck");
  EXPECT_EQ(check.at("Test").dump(), R"(["CMD","probe","print","fine"])");
  EXPECT_EQ(check.at("Interval").as_integer(), 100'000'000);
  EXPECT_EQ(check.at("Retries").as_integer(), 3);
  EXPECT_EQ(pod({"healthcheck", "run", "web"}).status, 0);
}

TEST_F(Health, IsLostAfterFailuresInARow) {
  begin({"--health-cmd", R"(["probe", "exit", "4"])", "--health-interval", "50ms",
         "--health-retries", "2"});

  must({"wait", "--condition", "unhealthy", "web"});

  EXPECT_EQ(must({"ps", "-q", "--no-trunc", "--filter", "health=unhealthy"}),
            must({"inspect", "-f", "{{.Id}}", "web"}));
  EXPECT_EQ(must({"ps", "-q", "--filter", "health=healthy"}), "");
  const auto result = pod({"healthcheck", "run", "web"});
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.out, "unhealthy\n");
  EXPECT_EQ(pod({"healthcheck", "run", "--ignore-result", "web"}).status, 0);
}

TEST_F(Health, IsAskedOnlyByHandWithoutAnInterval) {
  begin({"--health-cmd", R"(["probe", "print", "x"])", "--health-interval", "disable"});

  EXPECT_EQ(status(), "starting");
  EXPECT_EQ(pod({"healthcheck", "run", "web"}).status, 0);
  EXPECT_EQ(status(), "healthy");
}

TEST_F(Health, OfAContainerThatDoesNotRunIsNone) {
  must({"create", "--name", "web", "--network", "none", "--health-cmd", "true", image(), "probe"});

  const auto stopped = pod({"healthcheck", "run", "web"});
  EXPECT_EQ(stopped.status, 1);
  EXPECT_EQ(stopped.out, "stopped\n");

  must({"create", "--name", "plain", "--network", "none", image(), "probe"});
  EXPECT_EQ(pod({"healthcheck", "run", "plain"}).status, 125);
  EXPECT_EQ(pod({"healthcheck", "run", "missing"}).status, 125);
}

TEST_F(Health, TakesWhatDoesNotEndForAFailure) {
  begin({"--health-cmd", R"(["probe", "print", "begun", "forever"])", "--health-interval",
         "disable", "--health-timeout", "300ms"});

  EXPECT_EQ(pod({"healthcheck", "run", "web"}).status, 1);

  const base::Json health = inspect("web").at("State").at("Health");
  const base::Json& last = health.at("Log").as_array().at(0);
  EXPECT_EQ(last.at("ExitCode").as_integer(), -1);
  EXPECT_THAT(last.at("Output").as_string(), HasSubstr("begun\nHealth check exceeded timeout"));
  EXPECT_EQ(must({"exec", "web", "probe", "print", "still there"}), "still there");
}

TEST_F(Health, SaysWhyACheckCannotRun) {
  begin({"--health-cmd", R"(["nosuch", "x"])", "--health-interval", "disable"});

  EXPECT_EQ(pod({"healthcheck", "run", "web"}).status, 1);

  const base::Json health = inspect("web").at("State").at("Health");
  const base::Json& last = health.at("Log").as_array().at(0);
  EXPECT_EQ(last.at("ExitCode").as_integer(), 127);
  EXPECT_THAT(last.at("Output").as_string(), HasSubstr("nosuch"));
}

TEST_F(Health, EndsWhatIsUnhealthy) {
  begin({"--health-cmd", R"(["probe", "exit", "1"])", "--health-interval", "50ms",
         "--health-retries", "1", "--health-on-failure", "kill"});

  EXPECT_EQ(must({"wait", "web"}), "137");
}

TEST_F(Health, RestartsWhatIsUnhealthy) {
  begin({"--health-cmd", R"(["probe", "exit", "1"])", "--health-interval", "50ms",
         "--health-retries", "2", "--health-on-failure", "restart", "--stop-timeout", "0"});
  support::Program follow(words({"events", "--filter", "event=restart"}), start());

  EXPECT_TRUE(follow.expect("container restart"));

  EXPECT_GE(inspect("web").at("RestartCount").as_integer(), 1);
  must({"stop", "-t", "0", "web"});
}

TEST_F(Health, StartsWithTheStartupCheck) {
  begin({"--health-cmd", R"(["probe", "print", "x"])", "--health-interval", "50ms",
         "--health-startup-cmd", R"(["probe", "cat", "/ready"])", "--health-startup-interval",
         "50ms"});
  const auto starting = pod({"healthcheck", "run", "web"});
  EXPECT_EQ(starting.status, 1);
  EXPECT_EQ(starting.out, "starting\n");

  must({"exec", "web", "probe", "write", "/ready", "x"});

  must({"wait", "--condition", "healthy", "web"});
}

TEST_F(Health, ChecksDoNotKeepAContainerFromEnding) {
  begin({"--health-cmd", R"(["probe", "forever"])", "--health-interval", "50ms"});
  support::run({"sleep", "0.3"});

  must({"stop", "-t", "0", "web"});

  EXPECT_EQ(must({"inspect", "-f", "{{.State.Status}}", "web"}), "exited");
  EXPECT_TRUE(support::wait_for_no_descendants());
}

TEST_F(Health, RefusesWhatDoesNotFit) {
  const support::Words flags[] = {
      {"--no-healthcheck", "--health-cmd", "true"},
      {"--health-on-failure", "kill"},
      {"--health-cmd", "true", "--health-on-failure", "dance"},
      {"--health-cmd", "true", "--health-retries", "0"},
      {"--health-cmd", "true", "--health-timeout", "0s"},
      {"--health-startup-cmd", "true"},
      {"--health-cmd", "true", "--health-log-destination", "/no/such/folder"},
  };
  for (support::Words words : flags) {
    words.insert(words.begin(), "create");
    words.insert(words.end(), {image(), "probe"});
    EXPECT_EQ(pod(words).status, 125) << testing::PrintToString(words);
  }
}

TEST_F(Health, KeepsResultsInAFolderAsWell) {
  const std::string folder = root() + "/results";
  write("results/.keep", "");
  const std::string id = begin({"--health-cmd", R"(["probe", "print", "x"])", "--health-interval",
                                "disable", "--health-log-destination", folder});

  must({"healthcheck", "run", "web"});

  const auto kept = support::run({"cat", folder + "/" + id + "-healthcheck.log"});
  EXPECT_THAT(kept.out, HasSubstr("healthy"));
}

class Probes : public support::Home {
 protected:
  std::string file(const std::string& probes, const std::string& command) {
    return write("site.yaml",
                 "apiVersion: v1\nkind: Pod\nmetadata: {name: site}\nspec:\n"
                 "  terminationGracePeriodSeconds: 0\n  containers:\n  - name: web\n    image: " +
                     image() + "\n    command: [probe, " + command + "]\n" + probes);
  }
};

TEST_F(Probes, AskOverTheNetworkWithoutAProgramInTheImage) {
  const std::string yaml = file(
      "    ports: [{containerPort: 8080, name: http}]\n"
      "    livenessProbe: {httpGet: {port: http, path: /}, periodSeconds: 1}\n",
      "tcp, '8080', hello");

  must({"play", "--network", "private", yaml});

  must({"wait", "--condition", "healthy", "site-web"});
  EXPECT_THAT(must({"inspect", "-f", "{{range .State.Health.Log}}{{.Output}}{{end}}", "site-web"}),
              HasSubstr("200 OK"));
  must({"down", yaml});
}

TEST_F(Probes, RestartWhatDoesNotAnswer) {
  const std::string yaml =
      file("    livenessProbe: {tcpSocket: {port: 8080}, periodSeconds: 1, failureThreshold: 1}\n",
           "forever");

  must({"play", "--network", "private", yaml});
  support::Program follow(words({"events", "--since", "1m", "--filter", "event=restart"}), start());

  EXPECT_TRUE(follow.expect("container restart"));
  must({"down", yaml});
}
