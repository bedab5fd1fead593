// generate systemd, kube generate.
#include "tests/support/home.hpp"
#include "tests/support/skip.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <sstream>

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class Generated : public support::Home {
 protected:
  // The command of a unit's line, as a shell would run it. %t and %n are systemd's.
  static std::string command_in(const std::string& unit, const std::string& key,
                                const std::string& folder) {
    std::istringstream lines(unit);
    std::string found;
    for (std::string line; std::getline(lines, line);) {
      if (!line.starts_with(key + "=")) continue;
      found += (found.empty() ? "" : " && ") + line.substr(key.size() + 1);
    }
    for (const auto& [from, to] :
         {std::pair<std::string, std::string>{"%t", folder}, {"%n", "unit"}}) {
      for (std::size_t at = found.find(from); at != std::string::npos; at = found.find(from))
        found.replace(at, from.size(), to);
    }
    return found;
  }
  support::Result shell(const std::string& command) const {
    return support::run({"/bin/sh", "-c", command}, start());
  }
};

TEST_F(Generated, AUnitStartsAndStopsWhatIsThere) {
  must({"create", "--name", "web", "--network", "none", image(), "probe", "print", "begun", "wait",
        "exit", "3"});

  const std::string unit = must({"generate", "systemd", "--name", "web"});

  EXPECT_THAT(unit, StartsWith("# container-web.service\n"));
  for (const char* line : {"[Unit]\n", "\n[Service]\nDelegate=yes\n", "\nRestart=on-failure\n",
                           "\nType=exec\n", "\nTimeoutStopSec=70\n", "\nWantedBy=default.target"}) {
    EXPECT_THAT(unit, HasSubstr(line));
  }
  support::Program main({"/bin/sh", "-c", "exec " + command_in(unit, "ExecStart", root())},
                        start());
  ASSERT_TRUE(main.expect("waiting"));
  EXPECT_EQ(shell(command_in(unit, "ExecStop", root())).status, 0);
  EXPECT_EQ(main.wait().status, 3);  // systemd sees how it ended
  EXPECT_EQ(shell(command_in(unit, "ExecStopPost", root())).status, 0);
}

TEST_F(Generated, ANewUnitMakesAndRemoves) {
  must({"run", "-dit", "--name", "web", "--network=none", "--restart", "always", "--rm=false", "-e",
        "A=50% of $x", image(), "probe", "env", "A", "wait", "exit", "-d"});

  const std::string unit = must({"generate", "systemd", "--new", "--name", "-t", "5", "web"});

  EXPECT_THAT(unit, Not(HasSubstr("always")));
  EXPECT_THAT(unit, HasSubstr("\"A=50%% of $$x\""));
  EXPECT_THAT(unit, HasSubstr("run --rm --replace --name web --cidfile=%t/%n.ctr-id -it "
                              "--network=none -e "));
  EXPECT_THAT(unit, HasSubstr(" probe env A wait exit -d\n"));
}

TEST_F(Generated, ANewUnitRunsAgainAndAgain) {
  must({"run", "-d", "--name", "web", "--network", "none", image(), "probe", "wait", "exit", "4"});
  const std::string unit = must({"generate", "systemd", "--new", "--name", "web"});

  for (int round = 0; round < 2; ++round) {
    ASSERT_EQ(shell(command_in(unit, "ExecStartPre", root())).status, 0);
    support::Program main({"/bin/sh", "-c", "exec " + command_in(unit, "ExecStart", root())},
                          start());
    ASSERT_TRUE(main.expect("waiting"));
    EXPECT_EQ(shell(command_in(unit, "ExecStop", root())).status, 0);
    EXPECT_EQ(main.wait().status, 4);
    EXPECT_EQ(shell(command_in(unit, "ExecStopPost", root())).status, 0);
  }
  expect_nothing_left();
}

TEST_F(Generated, AUnitOfAPodMakesItsMembers) {
  must({"pod", "create", "--name", "site", "--network", "none"});
  must({"run", "-d", "--pod", "site", "--name", "web", image(), "probe", "forever"});
  const std::string unit = must({"generate", "systemd", "--new", "--name", "site"});

  EXPECT_THAT(unit, StartsWith("# pod-site.service\n"));
  EXPECT_THAT(unit, HasSubstr("\nType=oneshot\nRemainAfterExit=yes\n"));
  must({"pod", "rm", "-f", "site"});
  EXPECT_EQ(shell(command_in(unit, "ExecStartPre", root())).status, 0);
  EXPECT_EQ(shell(command_in(unit, "ExecStart", root())).status, 0);
  EXPECT_EQ(must({"ps", "--format", "{{.Names}}"}), "web");
  EXPECT_EQ(shell(command_in(unit, "ExecStop", root())).status, 0);
  EXPECT_EQ(shell(command_in(unit, "ExecStopPost", root())).status, 0);
  expect_nothing_left();
}

TEST_F(Generated, UnitsAreWrittenToFiles) {
  must({"create", "--name", "web", "--network", "none", image(), "probe"});
  support::Start here = start();
  here.directory = root();

  const auto result = support::run(words({"generate", "systemd", "-f", "-n", "web"}), here);

  EXPECT_EQ(result.line(), root() + "/container-web.service") << result;
  EXPECT_TRUE(std::filesystem::exists(root() + "/container-web.service"));
  EXPECT_THAT(must({"generate", "systemd", "--format", "json", "--no-header", "-n", "web"}),
              StartsWith("{\"container-web\":\"[Unit]"));
  EXPECT_EQ(pod({"generate", "systemd", "missing"}).status, 125);
  EXPECT_EQ(pod({"generate", "systemd", "--restart-policy", "sometimes", "web"}).status, 125);
}

TEST_F(Generated, APodComesBackFromItsYaml) {
  must({"pod", "create", "--name", "site", "--network", "none", "--share", "+pid", "--label",
        "a=b"});
  must({"create",    "--pod",    "site",
        "--name",    "site-web", "-e",
        "A=true",    "-v",       root() + ":/mnt:ro",
        "--memory",  "64m",      "--cap-add",
        "NET_ADMIN", "--user",   "1000:1000",
        "-w",        "/tmp",     image(),
        "probe",     "forever"});
  const std::string first = must({"kube", "generate", "site", "-f", root() + "/site.yaml"});
  EXPECT_EQ(first, "");
  EXPECT_EQ(pod({"kube", "generate", "site", "-f", root() + "/site.yaml"}).status, 125);
  const std::string text = must({"generate", "kube", "site"});
  must({"pod", "rm", "-f", "site"});

  must({"play", "--network", "none", root() + "/site.yaml"});

  for (const char* line :
       {"kind: Pod\n", "\n  name: site\n", "a: b", "name: web", "value: \"true\"",
        "memory: \"67108864\"", "- NET_ADMIN", "runAsUser: 1000", "workingDir: /tmp",
        "readOnly: true", "shareProcessNamespace: true", "restartPolicy: Never"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
  EXPECT_EQ(must({"inspect", "-f", "{{.State.Status}} {{.HostConfig.Memory}} {{.Config.User}}",
                  "site-web"}),
            "running 67108864 1000:1000");
  EXPECT_EQ(must({"exec", "site-web", "probe", "env", "A"}), "true");
  must({"pod", "rm", "-f", "-t", "0", "site"});
}

TEST_F(Generated, ContainersBecomeAPod) {
  must({"create", "--name", "my_web", "-p", "8080:80", image(), "probe", "print", "a: b"});

  const std::string text = must({"kube", "generate", "--service", "my_web"});

  for (const char* line :
       {"kind: Service", "type: NodePort", "nodePort: ", "targetPort: 80", "---\n", "kind: Pod",
        "name: my-web-pod", "name: my-web\n", "hostPort: 8080", "protocol: TCP", "- \"a: b\""}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
  EXPECT_EQ(must({"play", "--dry-run", write("x.yaml", text)}).empty(), false);
}

TEST_F(Generated, AsOtherKinds) {
  must({"create", "--name", "web", "--network", "none", image(), "probe"});

  const std::string deployment = must({"kube", "generate", "-t", "deployment", "-r", "3", "web"});

  EXPECT_THAT(deployment, HasSubstr("apiVersion: apps/v1\nkind: Deployment"));
  EXPECT_THAT(deployment, HasSubstr("  replicas: 3\n  selector:\n    matchLabels:"));
  EXPECT_THAT(must({"kube", "generate", "-t", "job", "web"}), HasSubstr("kind: Job"));
  EXPECT_THAT(must({"kube", "generate", "-t", "daemonset", "web"}), HasSubstr("kind: DaemonSet"));
  EXPECT_EQ(pod({"kube", "generate", "-t", "pot", "web"}).status, 125);
  EXPECT_EQ(pod({"kube", "generate", "-r", "2", "web"}).status, 125);
  EXPECT_EQ(pod({"kube", "generate", "missing"}).status, 125);
}
