// The group `pod pod`.
#include "tests/support/home.hpp"

#include <gmock/gmock.h>

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

class Pod : public support::Home {
 protected:
  std::string add(const std::string& pod_name, const std::string& name,
                  const support::Words& words) {
    support::Words all = {"run", "-d", "--pod", pod_name, "--name", name, image(), "probe"};
    all.insert(all.end(), words.begin(), words.end());
    return must(all);
  }
};

TEST_F(Pod, IsMadeShownAndRemoved) {
  const std::string id = must({"pod", "create", "--name", "site", "--network", "none"});
  EXPECT_THAT(id, MatchesRegex("[0-9a-f]{64}"));

  EXPECT_THAT(must({"pod", "ps"}), HasSubstr("site"));
  EXPECT_EQ(must({"pod", "ps", "--format", "{{.Name}} {{.Status}}"}), "site Created");
  EXPECT_EQ(must({"pod", "ps", "-q", "--no-trunc"}), id);
  EXPECT_EQ(pod({"pod", "exists", "site"}).status, 0);

  EXPECT_EQ(pod({"pod", "ps", "--filter", "status=runing"}).status, 125);
  EXPECT_EQ(must({"pod", "ps", "-q", "--no-trunc", "--filter", "status=Created"}), id);
  EXPECT_EQ(must({"pod", "inspect", "site", "--format", "{{json .CreateCommand}}"}),
            R"(["pod","pod","create","--name","site","--network","none"])");

  must({"pod", "rm", "site"});
  EXPECT_EQ(must({"pod", "ps", "-q"}), "");
  EXPECT_EQ(pod({"pod", "exists", "site"}).status, 1);
  expect_nothing_left();
}

TEST_F(Pod, SharesNetworkIpcAndHostName) {
  must({"pod", "create", "--name", "site", "--network", "none"});
  add("site", "web", {"put", "shared text", "forever"});
  add("site", "cache", {"forever"});

  for (const char* kind : {"net", "ipc", "uts", "user"}) {
    EXPECT_EQ(must({"exec", "web", "probe", "ns", kind}),
              must({"exec", "cache", "probe", "ns", kind}))
        << kind;
  }
  for (const char* kind : {"mnt", "pid"}) {
    EXPECT_NE(must({"exec", "web", "probe", "ns", kind}),
              must({"exec", "cache", "probe", "ns", kind}))
        << kind;
  }
  EXPECT_EQ(must({"exec", "cache", "probe", "get"}), "shared text");
  EXPECT_EQ(must({"exec", "cache", "probe", "hostname"}), "site");
}

TEST_F(Pod, ContainersReachEachOtherAtLocalhost) {
  must({"pod", "create", "--name", "site", "--network", "none"});
  add("site", "web", {"tcp", "8080", "answer"});
  add("site", "client", {"forever"});

  for (int tries = 0; tries < 50; ++tries) {
    if (pod({"exec", "client", "probe", "fetch", "127.0.0.1", "8080"}).status == 0) break;
    support::run({"sleep", "0.05"});
  }
  EXPECT_THAT(must({"exec", "client", "probe", "fetch", "127.0.0.1", "8080"}), HasSubstr("answer"));
}

TEST_F(Pod, HasOneMonitorForAll) {
  must({"pod", "create", "--name", "site", "--network", "none"});
  add("site", "one", {"forever"});
  add("site", "two", {"forever"});
  add("site", "three", {"forever"});

  EXPECT_LE(support::descendants().size(), 4U) << testing::PrintToString(support::descendants());
}

TEST_F(Pod, StopsAndStartsTogether) {
  must({"pod", "create", "--name", "site", "--network", "none"});
  add("site", "one", {"forever"});
  add("site", "two", {"forever"});
  EXPECT_EQ(must({"pod", "ps", "--format", "{{.Status}}"}), "Running");

  EXPECT_EQ(must({"pod", "stop", "-t", "0", "site"}), "site");
  EXPECT_EQ(must({"ps", "-q"}), "");
  EXPECT_EQ(must({"pod", "ps", "--format", "{{.Status}}"}), "Exited");
  EXPECT_TRUE(support::wait_for_no_descendants());

  must({"pod", "start", "site"});
  EXPECT_EQ(must({"ps", "--format", "{{.Names}}", "--sort", "names"}), "one\ntwo");
}

TEST_F(Pod, CountsWhoEnded) {
  must({"pod", "create", "--name", "site", "--network", "none"});
  add("site", "one", {"forever"});
  const std::string id = add("site", "two", {"exit", "0"});
  must({"wait", id});

  EXPECT_EQ(must({"pod", "ps", "--format", "{{.Status}}"}), "Degraded");
}

TEST_F(Pod, IsRemovedWithItsContainers) {
  must({"pod", "create", "--name", "site", "--network", "none"});
  add("site", "web", {"forever"});

  EXPECT_EQ(pod({"pod", "rm", "site"}).status, 2);
  must({"pod", "rm", "--force", "-t", "0", "site"});

  EXPECT_EQ(must({"ps", "-aq"}), "");
  expect_nothing_left();
}

TEST_F(Pod, HasTheStatusOfTheField) {
  EXPECT_EQ(pod({"pod", "rm", "missing"}).status, 1);
  EXPECT_EQ(pod({"pod", "rm", "--force", "missing"}).status, 0);
  EXPECT_EQ(pod({"pod", "start", "missing"}).status, 125);
  EXPECT_EQ(pod({"run", "--pod", "missing", image(), "probe"}).status, 125);
}

TEST_F(Pod, TakesTheSameNameSpaceAsContainers) {
  must({"pod", "create", "--name", "site", "--network", "none"});

  EXPECT_EQ(pod({"create", "--name", "site", "--network", "none", image(), "probe"}).status, 125);
}

TEST_F(Pod, IsInspected) {
  const std::string id = must({"pod", "create", "--name", "site", "--network", "none"});
  add("site", "web", {"forever"});

  const base::Json all = base::Json::parse(must({"pod", "inspect", "site"}));
  const base::Json& one = all.is_array() ? all.as_array().at(0) : all;

  EXPECT_EQ(one.at("Id").as_string(), id);
  EXPECT_EQ(one.at("Name").as_string(), "site");
  EXPECT_EQ(one.at("State").as_string(), "Running");
}

TEST_F(Pod, IsMadeByRunWhenAsked) {
  must({"run", "-d", "--pod", "new:site", "--name", "web", image(), "probe", "forever"});

  EXPECT_EQ(must({"pod", "ps", "--format", "{{.Name}}"}), "site");
}

TEST_F(Pod, IsShownByPs) {
  must({"pod", "create", "--name", "site", "--network", "none"});
  add("site", "web", {"forever"});

  EXPECT_THAT(must({"ps", "--pod"}), HasSubstr("site"));
  EXPECT_EQ(must({"ps", "-q", "--filter", "pod=site"}).size(), 12U);
}
