// stats and pod stats, against what the kernel says.
#include "pkg/base/json.hpp"
#include "pkg/base/text.hpp"
#include "tests/support/home.hpp"
#include "tests/support/skip.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <cstdlib>
#include <thread>

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

class Stats : public support::Home {
 protected:
  std::string once(const std::string& format, const std::string& name) const {
    return must({"stats", "--no-stream", "--format", format, name});
  }
  double number(const std::string& field, const std::string& name) const {
    return std::atof(once("{{." + field + "}}", name).c_str());
  }
};

TEST_F(Stats, ShowsATable) {
  start_probe({"forever"}, {"--name", "web"});
  must({"create", "--name", "idle", "--network", "none", image(), "probe"});

  const std::string table = must({"stats", "--no-stream"});

  EXPECT_THAT(table, MatchesRegex("ID +NAME +CPU % +MEM USAGE / LIMIT +MEM % +NET IO +BLOCK IO "
                                  "+PIDS +CPU TIME +AVG CPU %\n[0-9a-f]{12} +web .*"));
  EXPECT_THAT(must({"stats", "--no-stream", "--all"}), HasSubstr("idle"));
  EXPECT_EQ(once("{{.ID}}", "web").size(), 12U);
  EXPECT_EQ(must({"stats", "--no-stream", "--no-trunc", "--format", "{{.ID}}", "web"}).size(), 64U);
  EXPECT_EQ(pod({"stats", "--no-stream", "missing"}).status, 125);
}

TEST_F(Stats, ShowsPodmansJson) {
  start_probe({"forever"}, {"--name", "web"});

  const base::Json rows = base::Json::parse(once("json", "web"));

  std::vector<std::string> keys;
  for (const auto& [key, value] : rows.as_array().at(0).as_object()) {
    keys.push_back(key);
    EXPECT_TRUE(value.is_string()) << key;
  }
  EXPECT_THAT(keys, ElementsAre("id", "name", "cpu_time", "cpu_percent", "avg_cpu", "mem_usage",
                                "mem_percent", "net_io", "block_io", "pids"));
}

TEST_F(Stats, CountsWhatProcessesUse) {
  SKIP_FOR(support::why_no_shell());
  must({"run", "-d", "--name", "busy", "--network", "none", image(), "sh", "-c",
        "sleep 100 & while :; do :; done"});
  start_probe({"forever"}, {"--name", "idle"});
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));

  EXPECT_EQ(once("{{.PIDS}}", "busy"), "2");
  EXPECT_EQ(once("{{.PIDS}}", "idle"), "1");
  EXPECT_GT(number("CPUNano", "busy"), 1e8);
  EXPECT_LT(number("CPUNano", "idle"), 1e9);
  EXPECT_GT(number("CPUPerc", "busy"), number("CPUPerc", "idle"));
  EXPECT_THAT(once("{{.MemUsage}}", "idle"), MatchesRegex("[0-9.]+[kM]?B / [0-9.]+[MGT]B"));
}

TEST_F(Stats, AgreesWithTheKernel) {
  SKIP_FOR(support::why_no_shell());
  must({"run", "-d", "--name", "web", "--network", "none", image(), "sh", "-c",
        "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; kill -STOP 1; sleep 1000"});
  std::this_thread::sleep_for(std::chrono::milliseconds(1000));
  must({"pause", "web"});  // now the numbers stand still
  const std::string pid = must({"inspect", "-f", "{{.State.Pid}}", "web"});
  const std::string stat = support::run({"cat", "/proc/" + pid + "/stat"}).out;
  const auto fields = base::split(stat.substr(stat.rfind(')') + 2), ' ');
  const double ticks = std::atof(fields.at(11).c_str()) + std::atof(fields.at(12).c_str());

  EXPECT_NEAR(number("CPUNano", "web") / 1e9, ticks / 100, 0.2);
}

TEST_F(Stats, CountsTheNetwork) {
  SKIP_FOR(support::why_no_network());
  must({"run", "-d", "--name", "web", image(), "probe", "forever"});

  const std::string pid = must({"inspect", "-f", "{{.State.Pid}}", "web"});
  const std::string devices = support::run({"cat", "/proc/" + pid + "/net/dev"}).out;
  const bool has_traffic = number("NetInput", "web") + number("NetOutput", "web") > 0;

  EXPECT_THAT(devices, HasSubstr("lo:"));
  EXPECT_THAT(once("{{.NetIO}}", "web"),
              MatchesRegex(has_traffic ? "[0-9.]+[kM]?B / .*" : "-- / --"));
}

TEST_F(Stats, HostNetworkIsNotTheContainers) {
  must({"run", "-d", "--name", "web", "--network", "host", image(), "probe", "forever"});

  EXPECT_EQ(once("{{.NetIO}}", "web"), "-- / --");
}

TEST_F(Stats, RedrawsOnATerminal) {
  start_probe({"forever"}, {"--name", "web"});
  support::Start terminal = start();
  terminal.terminal = true;
  support::Program shown(words({"stats", "--interval", "1"}), terminal);

  EXPECT_TRUE(shown.expect("\x1b[H"));
  EXPECT_TRUE(shown.expect("web"));
  EXPECT_TRUE(shown.expect("\x1b[J"));
  EXPECT_TRUE(shown.expect("web"));
  shown.signal(SIGINT);
  EXPECT_EQ(shown.wait().status, 130);
}

TEST_F(Stats, OfPodsNameThePod) {
  const std::string id = must({"pod", "create", "--name", "site", "--network", "none"});
  must({"run", "-d", "--pod", "site", "--name", "web", image(), "probe", "forever"});

  EXPECT_EQ(must({"pod", "stats", "--no-stream", "--format", "{{.Pod}} {{.Name}} {{.PIDS}}"}),
            id.substr(0, 12) + " web 1");
  EXPECT_THAT(must({"pod", "stats", "--no-stream", "site"}), HasSubstr("POD "));
  EXPECT_THAT(must({"pod", "stats", "--no-stream", "--format", "json", "site"}),
              HasSubstr("\"CID\": "));
  EXPECT_EQ(pod({"pod", "stats", "--no-stream", "missing"}).status, 125);
}
