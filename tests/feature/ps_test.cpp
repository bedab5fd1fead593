#include "tests/support/home.hpp"

#include <gmock/gmock.h>

#include <csignal>
#include <fstream>

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;

class Ps : public support::Home {};

TEST_F(Ps, ShowsAHeaderAndNothingInAnEmptyHome) {
  EXPECT_THAT(must({"ps"}),
              MatchesRegex("CONTAINER ID +IMAGE +COMMAND +CREATED +STATUS +PORTS +NAMES *"));
  EXPECT_EQ(must({"ps", "-q"}), "");
  EXPECT_EQ(must({"ps", "--format", "json"}), "[]");
}

TEST_F(Ps, ShowsWhatRuns) {
  const std::string id = start_probe({"forever"}, {"--name", "web"});

  const std::string table = must({"ps"});

  EXPECT_THAT(table, HasSubstr(id.substr(0, 12)));
  EXPECT_THAT(table, Not(HasSubstr(id)));
  EXPECT_THAT(table, HasSubstr("localhost/probe:latest"));
  EXPECT_THAT(table, HasSubstr("probe forever"));
  EXPECT_THAT(table, HasSubstr("Up "));
  EXPECT_THAT(table, HasSubstr("web"));
  EXPECT_THAT(must({"ps", "--no-trunc"}), HasSubstr(id));
}

TEST_F(Ps, ShowsOthersThoughTheStateOfOneIsDamaged) {
  const std::string id = start_probe({"forever"}, {"--name", "web"});
  must({"run", "--name", "old", "--network", "none", image(), "probe"});
  for (const std::string& damaged : {id, inspect("old").at("Id").as_string()})
    std::ofstream(runtime() + "/containers/" + damaged + "/state.json")
        << "{\"status\": \"dancing\"}";

  const auto result = pod({"ps", "-a", "--format", "{{.Names}} {{.State}}"});

  EXPECT_EQ(result.out, "web running\nold exited\n");
  EXPECT_THAT(result.err, HasSubstr("status dancing: unknown; taken for running"));
  EXPECT_EQ(pod({"rm", "web"}).status, 2);
  must({"rm", "--force", "-t", "0", "web"});
  must({"rm", "old"});
}

TEST_F(Ps, ShowsAllWhenAsked) {
  must({"create", "--name", "new", "--network", "none", image(), "probe"});
  must({"run", "--name", "old", "--network", "none", image(), "probe"});

  EXPECT_EQ(must({"ps", "-q"}), "");
  EXPECT_EQ(must({"ps", "-a", "--format", "{{.Names}} {{.State}}"}), "new created\nold exited");
  EXPECT_THAT(must({"ps", "-a"}), HasSubstr("Exited (0)"));
  EXPECT_THAT(must({"ps", "-a"}), HasSubstr("Created"));
}

TEST_F(Ps, Filters) {
  start_probe({"forever"}, {"--name", "web", "--label", "tier=front"});
  start_probe({"forever"}, {"--name", "cache", "--label", "tier=back"});
  must({"run", "--name", "old", "--network", "none", image(), "probe"});
  const auto names = [&](const std::string& filter) {
    return must({"ps", "-a", "--format", "{{.Names}}", "--filter", filter});
  };

  EXPECT_EQ(names("name=we"), "web");
  EXPECT_EQ(names("label=tier=back"), "cache");
  EXPECT_EQ(names("status=exited"), "old");
  EXPECT_EQ(names("exited=0"), "old");
  EXPECT_EQ(pod({"ps", "--filter", "colour=red"}).status, 125);
}

TEST_F(Ps, PrintsJson) {
  const std::string id = start_probe({"forever"}, {"--name", "web"});

  const base::Json all = base::Json::parse(must({"ps", "--format", "json"}));

  ASSERT_EQ(all.as_array().size(), 1U);
  EXPECT_EQ(all.as_array()[0].at("Id").as_string(), id);
  EXPECT_EQ(all.as_array()[0].at("Names").as_strings(), std::vector<std::string>{"web"});
  EXPECT_EQ(all.as_array()[0].at("State").as_string(), "running");
}

TEST_F(Ps, PrintsTemplates) {
  start_probe({"forever"}, {"--name", "web", "--label", "tier=front"});

  EXPECT_EQ(must({"ps", "--format", "{{.Names}} {{.Image}} {{.State}}"}),
            "web localhost/probe:latest running");
  EXPECT_EQ(must({"ps", "--format", "{{.Label \"tier\"}}"}), "front");
  EXPECT_THAT(must({"ps", "--format", "table {{.Names}}\\t{{.Status}}"}),
              MatchesRegex("NAMES +STATUS\nweb +Up .*"));
  EXPECT_EQ(pod({"ps", "--format", "{{.NoSuchField}}"}).status, 125);
}

TEST_F(Ps, TellsTheTruthAfterTheMonitorWasKilled) {
  const std::string id = start_probe({"forever"}, {"--name", "web"});
  ASSERT_EQ(support::descendants().size(), 2U) << testing::PrintToString(support::descendants());

  // The monitor is the parent of the container's process, so it is our direct child now.
  const auto pid = inspect("web").at("State").at("Pid").as_integer();
  for (const std::string& line : support::descendants()) {
    const int one = std::stoi(line);
    if (one != pid) support::run({"kill", "-9", std::to_string(one)});
  }

  EXPECT_TRUE(support::wait_for_no_descendants()) << "the container outlives its monitor";
  EXPECT_EQ(must({"ps", "-q"}), "");
  EXPECT_EQ(must({"ps", "-a", "--format", "{{.Names}} {{.State}}"}), "web exited");
  EXPECT_EQ(must({"rm", "web"}), "web");
  EXPECT_EQ(id.size(), 64U);
}

TEST_F(Ps, ShowsNamespaces) {
  start_probe({"forever"}, {"--name", "web"});
  must({"create", "--name", "new", "--network", "none", image(), "probe"});

  EXPECT_THAT(must({"ps", "--ns"}),
              MatchesRegex("CONTAINER ID +NAMES +PID +CGROUPNS +IPC +MNT +NET +PIDNS +USERNS +UTS"
                           "\n[0-9a-f]{12} +web +[0-9]+( +[0-9]{10}){7} *"));
  EXPECT_EQ("mnt:[" + must({"ps", "--namespace", "--format", "{{.MNT}}"}) + "]",
            must({"exec", "web", "probe", "ns", "mnt"}));
  EXPECT_EQ(must({"ps", "-a", "--ns", "--filter", "name=new", "--format", "json"}).find("Mnt"),
            std::string::npos);
  EXPECT_EQ(pod({"ps", "--ns", "--size"}).status, 125);
}

TEST_F(Ps, WatchesUntilInterrupted) {
  start_probe({"forever"}, {"--name", "web"});
  support::Program shown(words({"ps", "--watch", "1", "--format", "{{.Names}}"}), start());

  EXPECT_TRUE(shown.expect("web"));
  EXPECT_TRUE(shown.expect("web"));
  shown.signal(SIGINT);
  EXPECT_EQ(shown.wait().status, 130);
}

TEST_F(Ps, NamesEveryFieldThatPodmanNames) {
  start_probe({"forever"}, {"--name", "web", "--label", "a=b"});

  for (const char* field :
       {"AutoRemove", "CIDFile",     "Command",   "Created", "CreatedAt", "CreatedHuman",
        "ExitCode",   "Exited",      "ExitedAt",  "ID",      "Image",     "ImageID",
        "IsInfra",    "Label \"a\"", "Labels",    "Mounts",  "Names",     "Namespaces",
        "Networks",   "Pid",         "Pod",       "PodName", "Ports",     "Restarts",
        "RunningFor", "Size",        "StartedAt", "State",   "Status"}) {
    EXPECT_EQ(pod({"ps", "--format", std::string("{{.") + field + "}}"}).status, 0) << field;
  }
  EXPECT_EQ(must({"ps", "--format", "{{.Label \"a\"}} {{.IsInfra}} {{.ExitCode}}"}), "b false 0");
}

TEST_F(Ps, FiltersWhatStartsWithTheHost) {
  must({"create", "--name", "web", "--restart", "always", "--network", "none", image(), "probe"});
  must({"create", "--name", "once", "--network", "none", image(), "probe"});
  const auto names = [&](const std::string& filter) {
    return must({"ps", "-a", "--format", "{{.Names}}", "--filter", filter});
  };

  EXPECT_EQ(names("should-start-on-boot=true"), "web");
  EXPECT_EQ(names("should-start-on-boot=false"), "once");
  EXPECT_EQ(names("restart-policy=always"), "web");
  EXPECT_EQ(pod({"ps", "--filter", "should-start-on-boot=maybe"}).status, 125);
}

TEST_F(Ps, PortShowsTheContainerOfEachWhenAllAreAsked) {
  must({"create", "--name", "web", "-p", "127.0.0.1:8080:80", "-p", "8081:81/udp", image(),
        "probe"});

  EXPECT_EQ(must({"port", "web"}), "80/tcp -> 127.0.0.1:8080\n81/udp -> 0.0.0.0:8081");
  EXPECT_EQ(must({"port", "web", "80"}), "127.0.0.1:8080");
  EXPECT_EQ(must({"port", "web", "81/udp"}), "0.0.0.0:8081");
  EXPECT_EQ(must({"port", "--latest", "80/tcp"}), "127.0.0.1:8080");
  EXPECT_EQ(pod({"port", "web", "82"}).status, 125);
}
