#include "pkg/oci/spec.hpp"

#include <gtest/gtest.h>

namespace {

TEST(Spec, ReadsWhatTheSpecificationShows) {
  const base::Json json = base::Json::parse(R"({
    "ociVersion": "1.0.2",
    "process": {"terminal": true, "user": {"uid": 1, "gid": 2, "additionalGids": [5, 6]},
      "args": ["sh"], "env": ["A=b"], "cwd": "/w",
      "capabilities": {"bounding": ["CAP_KILL"], "ambient": ["CAP_KILL"]},
      "rlimits": [{"type": "RLIMIT_NOFILE", "hard": 1024, "soft": 512}],
      "noNewPrivileges": true, "oomScoreAdj": 100},
    "root": {"path": "rootfs", "readonly": true},
    "hostname": "web",
    "mounts": [{"destination": "/proc", "type": "proc", "source": "proc", "options": ["nosuid"]}],
    "linux": {"namespaces": [{"type": "pid"}, {"type": "network", "path": "/n"}],
      "resources": {"memory": {"limit": 1000}, "pids": {"limit": 10}},
      "maskedPaths": ["/proc/kcore"], "readonlyPaths": ["/proc/sys"]}})");

  const oci::Spec spec = oci::Spec::parse(json);

  EXPECT_TRUE(spec.process.terminal);
  EXPECT_EQ(spec.process.user.additional_gids, (std::vector<std::uint32_t>{5, 6}));
  EXPECT_EQ(spec.process.capabilities, std::vector<std::string>{"CAP_KILL"});
  EXPECT_EQ(spec.process.rlimits.at(0).soft, 512U);
  EXPECT_EQ(spec.process.oom_score_adj, 100);
  EXPECT_TRUE(spec.readonly_root);
  EXPECT_EQ(spec.mounts.at(0).options, std::vector<std::string>{"nosuid"});
  EXPECT_EQ(spec.namespaces.at(1).path, "/n");
  EXPECT_EQ(spec.resources.memory_limit, 1000);
  EXPECT_EQ(spec.masked_paths, std::vector<std::string>{"/proc/kcore"});
}

TEST(Spec, ComesBackAsItWasWritten) {
  oci::Spec spec;
  spec.process.user.name = "www-data:staff";
  spec.process.user.umask = 022;
  spec.process.make_cwd = true;
  spec.process.rlimits = {{"RLIMIT_CORE", 0, ~std::uint64_t{0}}};
  spec.mounts = {{"/data", "bind", "/srv", {"rbind", "ro"}, "sub"}};
  spec.devices = {{"/dev/fuse", "/dev/fuse", "rw"}};
  spec.resources.unified = {{"memory.high", "5"}};
  spec.seccomp = "unconfined";
  spec.init = true;

  const oci::Spec read = oci::Spec::parse(base::Json::parse(spec.json().dump()));

  EXPECT_EQ(read.json(), spec.json());
  EXPECT_EQ(read.process.rlimits.at(0).hard, ~std::uint64_t{0});
  EXPECT_EQ(read.mounts.at(0).subpath, "sub");
  EXPECT_EQ(read.process.user.umask, 022U);
  EXPECT_EQ(read.seccomp, "unconfined");
}

TEST(Spec, NamesTheMemberThatIsWrong) {
  const base::Json json = base::Json::parse(R"({"mounts": [{"type": "proc"}]})");

  EXPECT_ANY_THROW(oci::Spec::parse(json));
}

}  // namespace
