#include "cmd/pod/container_options.hpp"

#include "pkg/base/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using testing::ElementsAre;

containers::Options take(std::vector<std::string> words) {
  pod::ContainerFlags flags;
  cli::Options options("Test");
  flags.declare(options);
  words.insert(words.end(), {"alpine", "ls", "-l"});
  const cli::Arguments arguments = {"run", words};
  options.parse(arguments);
  return flags.take(arguments);
}

std::string error_of(const std::vector<std::string>& words) {
  try {
    take(words);
  } catch (const base::Error& error) {
    return error.what();
  }
  return "";
}

TEST(ContainerOptions, HaveTheDefaultsOfNoFlag) {
  containers::Options bare;
  bare.image = "alpine";
  bare.command = {"ls", "-l"};
  bare.create_command = {"pod", "run", "alpine", "ls", "-l"};

  EXPECT_EQ(take({}).json(), bare.json());
}

TEST(ContainerOptions, DescribeTheProcess) {
  const containers::Options options = take({"-it",
                                            "-e",
                                            "A=1",
                                            "--user",
                                            "1000:users",
                                            "-w",
                                            "/srv",
                                            "--entrypoint",
                                            "",
                                            "--umask",
                                            "0027",
                                            "--ulimit",
                                            "nofile=64",
                                            "--stop-signal",
                                            "INT",
                                            "--stop-timeout",
                                            "3",
                                            "--init",
                                            "--group-add",
                                            "wheel,disk",
                                            "--tz",
                                            "local"});

  EXPECT_TRUE(options.terminal);
  EXPECT_TRUE(options.interactive);
  EXPECT_THAT(options.env, ElementsAre("A=1"));
  EXPECT_EQ(options.user, "1000:users");
  EXPECT_EQ(options.workdir, "/srv");
  ASSERT_TRUE(options.entrypoint);
  EXPECT_TRUE(options.entrypoint->empty());
  EXPECT_EQ(options.umask, 027U);
  EXPECT_EQ(options.rlimits.size(), 1U);
  EXPECT_EQ(options.stop_signal, "INT");
  EXPECT_EQ(options.stop_timeout, 3);
  EXPECT_TRUE(options.init);
  EXPECT_THAT(options.groups, ElementsAre("wheel", "disk"));
}

TEST(ContainerOptions, DescribeResources) {
  const oci::Resources resources =
      take({"-m", "64m", "--memory-swap", "-1", "--cpus", "1.5", "--pids-limit", "0"}).resources;

  EXPECT_EQ(resources.memory_limit, 64 * 1024 * 1024);
  EXPECT_EQ(resources.memory_swap, -1);
  EXPECT_EQ(resources.cpu_quota, 150000);
  EXPECT_EQ(resources.cpu_period, 100000U);
  EXPECT_EQ(resources.pids_limit, -1);
  EXPECT_TRUE(take({}).resources.empty());
}

TEST(ContainerOptions, DescribeTheNetwork) {
  const containers::Options options =
      take({"--network", "pasta:--mtu,1500", "-p", "127.0.0.1:8080:80", "-p", "53:53/udp", "--dns",
            "10.0.0.1,10.0.0.2", "--add-host", "db:10.0.0.9", "-h", "box"});

  EXPECT_EQ(options.network.mode, "pasta");
  EXPECT_THAT(options.network.options, ElementsAre("--mtu", "1500"));
  EXPECT_EQ(options.network.ports.size(), 2U);
  EXPECT_THAT(options.network.dns_servers, ElementsAre("10.0.0.1", "10.0.0.2"));
  EXPECT_THAT(options.network.hosts, ElementsAre("db:10.0.0.9"));
  EXPECT_EQ(options.hostname, "box");
  EXPECT_EQ(take({"--net", "host"}).network.mode, "host");
  EXPECT_EQ(take({"--network", "private"}).network.mode, "");
}

TEST(ContainerOptions, DescribeIsolationAndFiles) {
  const containers::Options options =
      take({"--cap-add", "net_admin,sys_time", "--cap-drop", "all", "--read-only",
            "--read-only-tmpfs=false", "--sysctl", "net.core.somaxconn=10", "--ipc", "shareable",
            "--pid", "host", "-v", "data:/data:ro", "--tmpfs", "/run", "--shm-size", "1m"});

  EXPECT_THAT(options.cap_add, ElementsAre("NET_ADMIN", "SYS_TIME"));
  EXPECT_THAT(options.cap_drop, ElementsAre("ALL"));
  EXPECT_TRUE(options.read_only);
  EXPECT_FALSE(options.read_only_tmpfs);
  EXPECT_EQ(options.sysctl.at("net.core.somaxconn"), "10");
  EXPECT_EQ(options.ipc_mode, "private");
  EXPECT_EQ(options.pid_mode, "host");
  EXPECT_EQ(options.mounts.size(), 2U);
  EXPECT_EQ(options.shm_size, 1024 * 1024);
}

TEST(ContainerOptions, DescribeItsLife) {
  const containers::Options options = take(
      {"--name", "web",    "--rm",         "--restart", "on-failure:3", "-l",          "a=b",
       "-l",     "c",      "--log-driver", "json-file", "--log-opt",    "max-size=1m", "--pull",
       "never",  "--arch", "arm64",        "--variant", "v8",           "--cidfile",   "/tmp/x"});

  EXPECT_EQ(options.name, "web");
  EXPECT_TRUE(options.remove);
  EXPECT_EQ(options.restart.most, 3);
  EXPECT_EQ(options.labels.at("a"), "b");
  EXPECT_EQ(options.labels.at("c"), "");
  EXPECT_EQ(options.log_driver, "k8s-file");
  EXPECT_EQ(options.log_size_max, 1024 * 1024);
  EXPECT_EQ(options.pull.policy, images::PullPolicy::Never);
  EXPECT_EQ(options.pull.platform, "linux/arm64/v8");
  EXPECT_EQ(options.cid_file, "/tmp/x");
}

TEST(ContainerOptions, NameTheFlagThatIsWrong) {
  const std::pair<std::vector<std::string>, const char*> cases[] = {
      {{"--memory", "many"}, "--memory: "},
      {{"--memory-swap", "1g"}, "--memory-swap needs --memory"},
      {{"--cpus", "1", "--cpu-quota", "5"}, "--cpus cannot be used with"},
      {{"--cpus", "-1"}, "--cpus: not a number from 0"},
      {{"--cpus", "nan"}, "--cpus: not a number from 0"},
      {{"--cpus", "1e300"}, "--cpus: not a number from 0"},
      {{"--env-file", "/no/such/file"}, "--env-file: "},
      {{"-p", "nonsense"}, "--publish: "},
      {{"-v", "relative"}, "--volume: "},
      {{"--tmpfs", "/a", "-v", "/b:/a"}, "--tmpfs: /a: mounted twice"},
      {{"--restart", "sometimes"}, "--restart: "},
      {{"--rm", "--restart", "always"}, "--rm cannot be used with --restart=always"},
      {{"--umask", "9"}, "--umask: "},
      {{"--userns", "keep"}, "--userns: keep: not one of"},
      {{"--health-cmd", "true", "--no-healthcheck"}, "--no-healthcheck cannot be used with"},
      {{"--health-cmd", "true", "--health-interval", "often"}, "--health-interval: "},
      {{"--health-cmd", "true", "--health-timeout", "0s"}, "--health-timeout: 0s: has to be more"},
      {{"--health-cmd", "true", "--health-retries", "0"}, "--health-retries: 0: has to be 1"},
      {{"--health-cmd", "true", "--health-on-failure", "x"}, "--health-on-failure: "},
      {{"--secret", "x,mode=9"}, "--secret: x,mode=9: "},
      {{"--name", "-web"}, "--name: "},
      {{"--network", "a", "--network", "b"}, "--network: more than one"},
      {{"--workdir", "srv"}, "--workdir: "},
      {{"--log-driver", "syslog"}, "--log-driver: "},
      {{"--stop-signal", "NOSUCH"}, "--stop-signal: "},
      {{"--pull", "often"}, "--pull: "},
      {{"--platform", "linux/arm64", "--arch", "arm64"}, "--platform cannot be used with"},
  };
  for (const auto& [words, beginning] : cases)
    EXPECT_THAT(error_of(words), testing::StartsWith(beginning));
}

}  // namespace
