#include "pkg/containers/options.hpp"

#include "pkg/base/error.hpp"

#include <gtest/gtest.h>

namespace {

using containers::Options;
using containers::VolumeMount;

Options read_again(const Options& options) {
  return Options::parse(base::Json::parse(options.json().dump()));
}

TEST(Options, OfNothingAreTheDefaults) {
  const Options options = Options::parse(base::Json::object());

  EXPECT_EQ(options.json().dump(), Options().json().dump());
  EXPECT_EQ(options.stop_timeout, 10);
  EXPECT_TRUE(options.read_only_tmpfs);
  EXPECT_EQ(options.entrypoint, std::nullopt);
}

TEST(Options, OfAProcessAreKept) {
  Options options;
  options.command = {"sh", "-c", "echo \"a\n\""};
  options.entrypoint = std::vector<std::string>();
  options.env = {"A=1", "A=2", "EMPTY="};
  options.unset_env_all = true;
  options.user = "1000:1000";
  options.umask = 0;
  options.rlimits = {{"RLIMIT_NOFILE", 1, 2}};
  options.stop_timeout = -1;
  options.oom_score_adj = -7;

  const Options read = read_again(options);

  EXPECT_EQ(read.json().dump(), options.json().dump());
  EXPECT_EQ(read.command, options.command);
  EXPECT_EQ(read.entrypoint, options.entrypoint);
  EXPECT_EQ(read.env, options.env);
  EXPECT_EQ(read.umask, 0U);
  EXPECT_EQ(read.rlimits.at(0).hard, 2U);
  EXPECT_EQ(read.oom_score_adj, -7);
}

TEST(Options, OfIsolationAreKept) {
  Options options;
  options.cap_add = {"NET_ADMIN"};
  options.cap_drop = {"ALL"};
  options.privileged = true;
  options.unmask = {"ALL"};
  options.read_only = true;
  options.read_only_tmpfs = false;
  options.sysctl = {{"net.ipv4.ip_forward", "1"}};
  options.devices = {{"/dev/a", "/dev/b", "r"}};
  options.resources = {.memory_limit = 1, .cpu_quota = -1, .pids_limit = 0};
  options.resources.unified = {{"memory.high", "9"}};
  options.pid_mode = "host";

  const Options read = read_again(options);

  EXPECT_EQ(read.json().dump(), options.json().dump());
  EXPECT_EQ(read.resources, options.resources);
  EXPECT_EQ(read.sysctl, options.sysctl);
  EXPECT_FALSE(read.read_only_tmpfs);
}

TEST(Options, OfFilesAndLifeAreKept) {
  Options options;
  options.mounts = {{.kind = VolumeMount::Kind::PodVolume,
                     .source = "v",
                     .target = "/v",
                     .subpath = "a/b",
                     .read_only = true,
                     .options = {"noexec"},
                     .make_subpath = true}};
  options.restart = containers::RestartPolicy::parse("on-failure:3");
  options.role = Options::Role::InitAlways;
  options.labels = {{"a", ""}, {"b", "c=d"}};
  options.log_size_max = 10;

  const Options read = read_again(options);

  EXPECT_EQ(read.json().dump(), options.json().dump());
  EXPECT_EQ(read.mounts, options.mounts);
  EXPECT_EQ(read.restart, options.restart);
  EXPECT_EQ(read.role, options.role);
  EXPECT_EQ(read.labels, options.labels);
}

TEST(Options, OfTheWrongKindAreRefused) {
  EXPECT_THROW(Options::parse(base::Json::parse(R"({"command": "sh"})")), base::Error);
  EXPECT_THROW(Options::parse(base::Json::parse(R"({"stop_timeout": "ten"})")), base::Error);
}

}  // namespace
