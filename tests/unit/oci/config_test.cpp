// Somebody else's config.json: all of it comes through, or is refused by name.
#include "pkg/base/error.hpp"
#include "pkg/oci/spec.hpp"

#include <gmock/gmock.h>

namespace {

using base::Json;
using testing::HasSubstr;

constexpr const char* kWhole = R"({
  "ociVersion": "1.2.0",
  "process": {"terminal": true, "consoleSize": {"height": 24, "width": 80},
    "user": {"uid": 1, "gid": 2, "additionalGids": [5, 6], "umask": 63},
    "args": ["sh"], "env": ["A=b"], "cwd": "/w", "makeCwd": true,
    "capabilities": {"bounding": ["CAP_KILL"], "effective": ["CAP_CHOWN"],
      "permitted": ["CAP_FOWNER"], "inheritable": ["CAP_SETUID"], "ambient": ["CAP_SETGID"]},
    "rlimits": [{"type": "RLIMIT_CORE", "hard": 18446744073709551615, "soft": 5}],
    "noNewPrivileges": true, "oomScoreAdj": 100, "apparmorProfile": "mine",
    "scheduler": {"policy": "SCHED_DEADLINE", "nice": 1, "priority": 2,
      "flags": ["SCHED_FLAG_RECLAIM"], "runtime": 3, "deadline": 4, "period": 5},
    "ioPriority": {"class": "IOPRIO_CLASS_RT", "priority": 6},
    "execCPUAffinity": {"initial": "0", "final": "1"}},
  "root": {"path": "r", "readonly": true},
  "hostname": "web", "domainname": "example.org",
  "mounts": [{"destination": "/d", "type": "bind", "source": "/s", "options": ["ridmap"],
    "uidMappings": [{"containerID": 0, "hostID": 7, "size": 8}],
    "gidMappings": [{"containerID": 0, "hostID": 9, "size": 10}]}],
  "hooks": {"prestart": [{"path": "/a", "args": ["a", "b"], "env": ["E=1"], "timeout": 3}],
    "createRuntime": [{"path": "/b"}], "createContainer": [{"path": "/c"}],
    "startContainer": [{"path": "/d"}], "poststart": [{"path": "/e"}], "poststop": [{"path": "/f"}]},
  "annotations": {"k": "v"},
  "linux": {"namespaces": [{"type": "mount"}, {"type": "time", "path": "/t"}],
    "uidMappings": [{"containerID": 0, "hostID": 1000, "size": 1}],
    "gidMappings": [{"containerID": 0, "hostID": 1001, "size": 1}],
    "timeOffsets": {"monotonic": {"secs": -5, "nanosecs": 6}},
    "devices": [{"path": "/dev/fuse", "type": "c", "major": 10, "minor": 229, "fileMode": 438,
      "uid": 3, "gid": 4}],
    "cgroupsPath": "/x/y",
    "resources": {"memory": {"limit": 1000, "checkBeforeUpdate": true},
      "cpu": {"shares": 1, "burst": 2, "idle": 1}, "pids": {"limit": 10},
      "blockIO": {"weight": 100, "weightDevice": [{"major": 8, "minor": 0, "weight": 200}],
        "throttleReadBpsDevice": [{"major": 8, "minor": 1, "rate": 600}],
        "throttleWriteIOPSDevice": [{"major": 8, "minor": 2, "rate": 300}]},
      "hugepageLimits": [{"pageSize": "2MB", "limit": 4194304}],
      "rdma": {"mlx5": {"hcaHandles": 3, "hcaObjects": 4}},
      "devices": [{"allow": false, "access": "rwm"}], "unified": {"memory.high": "5"}},
    "sysctl": {"net.core.somaxconn": "5"}, "maskedPaths": ["/m"], "readonlyPaths": ["/p"],
    "rootfsPropagation": "slave",
    "personality": {"domain": "LINUX32"},
    "seccomp": {"defaultAction": "SCMP_ACT_ALLOW"}}})";

oci::Spec whole() {
  return oci::Spec::parse_config(Json::parse(kWhole));
}

TEST(Config, IsTakenToTheLetter) {
  const oci::Spec spec = whole();

  EXPECT_TRUE(spec.is_literal());
  ASSERT_TRUE(spec.process.capability_sets);
  EXPECT_EQ(spec.process.capability_sets->bounding, std::vector<std::string>{"CAP_KILL"});
  EXPECT_EQ(spec.process.capability_sets->permitted, std::vector<std::string>{"CAP_FOWNER"});
  EXPECT_EQ(spec.process.capability_sets->ambient, std::vector<std::string>{"CAP_SETGID"});
  EXPECT_EQ(spec.process.rlimits.at(0).hard, ~std::uint64_t{0});
  EXPECT_EQ(spec.process.scheduler->deadline, 4U);
  EXPECT_EQ(spec.process.exec_affinity->final, "1");
  EXPECT_EQ(spec.mounts.at(0).gid_mappings.at(0).host_id, 9U);
  EXPECT_EQ(spec.hooks.prestart.at(0).timeout, 3);
  EXPECT_EQ(spec.time_offsets.at("monotonic").seconds, -5);
  EXPECT_EQ(spec.devices.at(0).mode, 438U);
  EXPECT_EQ(spec.resources.huge_pages.at("2MB"), 4194304U);
  EXPECT_TRUE(spec.resources.denies_devices);
}

TEST(Config, ComesBackWhole) {
  const oci::Spec spec = whole();

  const oci::Spec again = oci::Spec::parse_config(Json::parse(spec.json().dump()));

  EXPECT_EQ(again.json(), spec.json());
  for (const char* text :
       {"SCHED_FLAG_RECLAIM", "IOPRIO_CLASS_RT", "hcaHandles", "throttleWriteIOPSDevice",
        "18446744073709551615", "createContainer", "LINUX32", "example.org", "nanosecs"}) {
    EXPECT_THAT(spec.json().dump(), HasSubstr(text));
  }
}

TEST(Config, GivesNoMeaningToWhatIsOursAlone) {
  Json json = Json::parse(kWhole);
  json["init"] = true;
  json["linux"]["seccompProfile"] = "unconfined";

  const oci::Spec spec = oci::Spec::parse_config(json);

  EXPECT_FALSE(spec.init);
  EXPECT_EQ(spec.seccomp, "");
}

TEST(Config, HasToBeOfAVersionThatWeKnow) {
  for (const char* version : {"1.0.0", "1.0.2-dev", "1.1.0+dev", "1.2.1"}) {
    Json json = Json::parse(kWhole);
    json["ociVersion"] = version;
    EXPECT_EQ(oci::Spec::parse_config(json).version, version);
  }
  for (const char* version : {"", "1", "0.9.9", "2.0.0", "x.y.z"}) {
    Json json = Json::parse(kWhole);
    json["ociVersion"] = version;
    EXPECT_THROW(oci::Spec::parse_config(json), base::Error) << version;
  }
}

TEST(Config, NumbersHaveTheirRange) {
  Json json = Json::parse(kWhole);
  json["process"]["user"]["uid"] = std::int64_t{1} << 40;

  try {
    oci::Spec::parse_config(json);
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_STREQ(error.what(), "process: user: uid: 1099511627776: out of range");
  }
}

}  // namespace
