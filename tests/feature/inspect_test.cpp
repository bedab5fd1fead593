// inspect, top, info, version, unshare.
#include "tests/support/home.hpp"
#include "tests/support/skip.hpp"

#include <gmock/gmock.h>

#include <sstream>

#include <unistd.h>

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

class Inspect : public support::Home {
 protected:
  // The words of `wanted` that are no members of the object.
  static std::string missing(const base::Json& object, const std::string& wanted) {
    std::istringstream words(wanted);
    std::string missing;
    for (std::string word; words >> word;)
      if (object.find(word) == nullptr) missing += word + " ";
    return missing;
  }
};

TEST_F(Inspect, TellsWhatAContainerIs) {
  const std::string id = start_probe(
      {"forever"}, {"--name", "web", "--label", "tier=front", "-e", "ONE=1", "--workdir", "/home"});

  const base::Json one = inspect("web");

  EXPECT_EQ(one.at("Id").as_string(), id);
  EXPECT_EQ(one.at("Name").as_string(), "web");
  EXPECT_EQ(one.at("ImageName").as_string(), "localhost/probe:latest");
  EXPECT_EQ(one.at("State").at("Status").as_string(), "running");
  EXPECT_TRUE(one.at("State").at("Running").as_bool());
  EXPECT_GT(one.at("State").at("Pid").as_integer(), 0);
  EXPECT_EQ(one.at("Config").at("Labels").at("tier").as_string(), "front");
  EXPECT_EQ(one.at("Config").at("WorkingDir").as_string(), "/home");
  EXPECT_THAT(one.at("Config").at("Env").as_strings(), testing::Contains("ONE=1"));
  EXPECT_EQ(one.at("HostConfig").at("NetworkMode").as_string(), "none");
}

TEST_F(Inspect, FillsTemplates) {
  must({"run", "--name", "web", "--network", "none", image(), "probe", "exit", "0"});

  EXPECT_EQ(must({"inspect", "--format", "{{.State.Status}} {{.State.ExitCode}}", "web"}),
            "exited 0");
  EXPECT_EQ(must({"inspect", "-f", "{{json .Config.Cmd}}", "web"}), R"(["probe","exit","0"])");
  EXPECT_EQ(must({"container", "inspect", "-f", "{{.Name}}", "web"}), "web");
}

TEST_F(Inspect, HasTheFieldsThatScriptsRead) {
  must({"create", "--name", "web", "--network", "none", "--tmpfs", "/scratch:size=1m", "--expose",
        "80", image(), "probe"});
  const auto shown = [&](const std::string& text) { return must({"inspect", "-f", text, "web"}); };

  EXPECT_EQ(shown("{{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}}"), "none");
  EXPECT_EQ(shown("[{{.State.Health.Status}}]"), "[]");
  EXPECT_EQ(shown("[{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}]"), "[]");
  EXPECT_THAT(shown("{{json .HostConfig.Tmpfs}}"), HasSubstr(R"("/scratch":"size=1m)"));
  EXPECT_EQ(shown("{{json .Config.ExposedPorts}}"), R"({"80/tcp":{}})");
  EXPECT_EQ(shown("{{json .HostConfig.Devices}} {{.HostConfig.OomScoreAdj}}"), "[] 0");
}

TEST_F(Inspect, PrintsWhatItFoundAndFailsForTheRest) {
  must({"create", "--name", "web", "--network", "none", image(), "probe"});

  const auto result = pod({"inspect", "web", "missing"});

  EXPECT_EQ(result.status, 125);
  EXPECT_EQ(base::Json::parse(result.out).as_array().size(), 1U) << result;
  EXPECT_THAT(result.err, HasSubstr("missing"));
}

TEST_F(Inspect, TellsWhatAnImageIs) {
  const base::Json one = base::Json::parse(must({"image", "inspect", image()})).as_array().at(0);

  EXPECT_THAT(one.at("Id").as_string(), MatchesRegex("[0-9a-f]{64}"));
  EXPECT_THAT(one.at("RepoTags").as_strings(), testing::Contains("localhost/probe:latest"));
  EXPECT_EQ(one.at("Os").as_string(), "linux");
}

TEST_F(Inspect, KnowsWhatExists) {
  must({"create", "--name", "web", "--network", "none", image(), "probe"});

  EXPECT_EQ(pod({"container", "exists", "web"}).status, 0);
  EXPECT_EQ(pod({"container", "exists", "missing"}).status, 1);
  EXPECT_EQ(pod({"image", "exists", image()}).status, 0);
  EXPECT_EQ(pod({"image", "exists", "localhost/missing"}).status, 1);
}

class Top : public support::Home {};

TEST_F(Top, ShowsTheProcesses) {
  start_probe({"forever"}, {"--name", "web"});

  const std::string table = must({"top", "web"});

  EXPECT_THAT(table, testing::StartsWith("USER"));
  EXPECT_THAT(table, HasSubstr("probe forever"));
  EXPECT_THAT(must({"top", "web", "pid", "args"}), MatchesRegex("PID +COMMAND\n1 +probe forever"));
}

TEST_F(Top, RefusesWhatDoesNotRun) {
  must({"create", "--name", "web", "--network", "none", image(), "probe"});

  EXPECT_EQ(pod({"top", "web"}).status, 125);
}

class Info : public support::Home {};

TEST_F(Info, TellsAboutTheHost) {
  const base::Json info = base::Json::parse(must({"info", "--format", "json"}));

  EXPECT_EQ(info.at("store").at("graphRoot").as_string(), data() + "/storage");
  EXPECT_EQ(info.at("host").at("security").at("rootless").as_bool(), ::geteuid() != 0);
  EXPECT_EQ(must({"info", "--format", "{{.Store.GraphRoot}}"}), data() + "/storage");
}

TEST_F(Info, TellsTheVersion) {
  EXPECT_THAT(must({"--version"}), HasSubstr("0.1.0"));
  EXPECT_THAT(must({"version"}), HasSubstr("0.1.0"));
  EXPECT_EQ(must({"version", "--format", "{{.Client.Version}}"}), "0.1.0");
}

TEST_F(Info, HelpsAndSuggests) {
  EXPECT_EQ(pod({"--help"}).status, 0);
  EXPECT_EQ(pod({}).status, 125);
  const auto result = pod({"rnu"});
  EXPECT_EQ(result.status, 125);
  EXPECT_THAT(result.err, HasSubstr("run"));
}

class Unshare : public support::Home {};

TEST_F(Unshare, RunsACommandInTheUserNamespace) {
  SKIP_FOR(support::why_no_ids());

  EXPECT_EQ(must({"unshare", "id", "-u"}), "0");
  EXPECT_THAT(must({"unshare", "cat", "/proc/self/uid_map"}), HasSubstr("65536"));
}

TEST_F(Unshare, EndsAsTheCommandDoes) {
  EXPECT_EQ(pod({"unshare", "sh", "-c", "exit 5"}).status, 5);
  EXPECT_EQ(pod({"unshare", "no-such-command"}).status, 127);
  EXPECT_EQ(pod({"unshare", "/etc"}).status, 126);
}

TEST_F(Inspect, HasEveryMemberThatPodmanHas) {
  start_probe({"forever"}, {"--name", "web", "-v", root() + ":/mnt"});

  const base::Json one = inspect("web");

  EXPECT_EQ(
      missing(one,
              "Id Created Path Args State Image ImageDigest ImageName Rootfs Pod ResolvConfPath "
              "HostnamePath HostsPath StaticDir OCIRuntime ConmonPidFile PidFile Name RestartCount "
              "Driver MountLabel ProcessLabel AppArmorProfile EffectiveCaps BoundingCaps ExecIDs "
              "GraphDriver Mounts Dependencies NetworkSettings Namespace IsInfra IsService Config "
              "HostConfig"),
      "");
  EXPECT_EQ(missing(one.at("State"),
                    "OciVersion Status Running Paused Restarting OOMKilled Dead Pid ExitCode Error "
                    "StartedAt FinishedAt Health CheckpointedAt RestoredAt"),
            "");
  EXPECT_EQ(
      missing(one.at("Config"),
              "Hostname Domainname User AttachStdin AttachStdout AttachStderr Tty OpenStdin "
              "StdinOnce Env Cmd Image Volumes WorkingDir Entrypoint OnBuild Labels Annotations "
              "StopSignal CreateCommand Umask Timeout StopTimeout Passwd sdNotifyMode"),
      "");
  EXPECT_EQ(
      missing(one.at("HostConfig"),
              "Binds CgroupManager CgroupMode ContainerIDFile LogConfig NetworkMode PortBindings "
              "RestartPolicy AutoRemove VolumeDriver VolumesFrom CapAdd CapDrop Dns DnsOptions "
              "DnsSearch ExtraHosts GroupAdd IpcMode Cgroup Cgroups Links OomScoreAdj PidMode "
              "Privileged PublishAllPorts ReadonlyRootfs SecurityOpt Tmpfs UTSMode UsernsMode "
              "ShmSize Runtime ConsoleSize Isolation CpuShares Memory NanoCpus CgroupParent "
              "BlkioWeight BlkioWeightDevice BlkioDeviceReadBps BlkioDeviceWriteBps "
              "BlkioDeviceReadIOps BlkioDeviceWriteIOps CpuPeriod CpuQuota CpuRealtimePeriod "
              "CpuRealtimeRuntime CpusetCpus CpusetMems Devices DiskQuota KernelMemory "
              "MemoryReservation MemorySwap MemorySwappiness OomKillDisable PidsLimit Ulimits "
              "CpuCount CpuPercent IOMaximumIOps IOMaximumBandwidth CgroupConf"),
      "");
  EXPECT_EQ(missing(one.at("HostConfig").at("LogConfig"), "Type Config Path Tag Size"), "");
  EXPECT_EQ(
      missing(one.at("NetworkSettings"),
              "EndpointID Gateway IPAddress IPPrefixLen IPv6Gateway GlobalIPv6Address "
              "GlobalIPv6PrefixLen MacAddress Bridge SandboxID HairpinMode LinkLocalIPv6Address "
              "LinkLocalIPv6PrefixLen Ports SandboxKey"),
      "");
  EXPECT_EQ(missing(one.at("Mounts").as_array().at(0),
                    "Type Source Destination Driver Mode Options RW Propagation"),
            "");
}

TEST_F(Inspect, TellsSizesWhenAsked) {
  must({"run", "--name", "web", "--network", "none", image(), "probe", "write", "/kept", "text"});

  const base::Json one = base::Json::parse(must({"inspect", "--size", "web"})).as_array().at(0);

  EXPECT_GT(one.at("SizeRw").as_integer(), 0);
  EXPECT_GT(one.at("SizeRootFs").as_integer(), one.at("SizeRw").as_integer());
}

TEST_F(Inspect, TopListsDescriptorsAndShowsThem) {
  start_probe({"forever"}, {"--name", "web", "--cap-drop", "ALL", "--cap-add", "KILL,CHOWN"});

  const std::string names = must({"top", "--list-descriptors"});

  EXPECT_THAT(names, HasSubstr("capamb\ncapbnd\ncapeff\ncapinh\ncapprm\ncomm"));
  EXPECT_EQ(must({"pod", "top", "--list-descriptors"}), names);
  EXPECT_THAT(must({"top", "web", "pid,capeff,capamb,seccomp,groups,label,stime"}),
              MatchesRegex("PID +EFFECTIVE CAPS +AMBIENT CAPS +SECCOMP +GROUPS +LABEL +STIME\n"
                           "1 +CHOWN,KILL +none +filter .*"));
}
