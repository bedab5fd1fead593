// container clone, pod clone, container runlabel; what is refused or has nothing to do.
#include "tests/support/home.hpp"

#include <gmock/gmock.h>

using ::testing::HasSubstr;

class Cloned : public support::Home {
 protected:
  std::string told(const std::string& format, const std::string& name) const {
    return must({"inspect", "--format", format, name});
  }
};

TEST_F(Cloned, AContainerIsMadeLikeAnother) {
  must({"run", "--name", "web", "--network", "none", "-e", "A=1", "-v", "/data", "--memory", "64m",
        "--label", "a=b", image(), "probe", "write", "/kept", "x"});

  const std::string id = must({"container", "clone", "--memory", "128m", "web"});

  EXPECT_EQ(told("{{.Id}} {{.State.Status}}", "web-clone"), id + " created");
  EXPECT_EQ(told("{{json .Config.Labels}} {{json .Config.Cmd}}", "web-clone"),
            told("{{json .Config.Labels}} {{json .Config.Cmd}}", "web"));
  EXPECT_THAT(told("{{json .Config.Env}}", "web-clone"), HasSubstr("\"A=1\""));
  EXPECT_EQ(told("{{.HostConfig.Memory}}", "web-clone"), "134217728");
  EXPECT_EQ(told("{{.HostConfig.Memory}}", "web"), "67108864");
  EXPECT_NE(told("{{(index .Mounts 0).Name}}", "web-clone"),
            told("{{(index .Mounts 0).Name}}", "web"));
  must({"container", "clone", "web"});
  EXPECT_EQ(told("{{.Name}}", "web-clone1"), "web-clone1");
}

TEST_F(Cloned, AContainerTakesTheOthersPlace) {
  start_probe({"forever"}, {"--name", "old"});

  EXPECT_EQ(pod({"container", "clone", "--destroy", "old", "new"}).status, 125);
  must({"container", "clone", "--destroy", "--force", "--run", "old", "new"});

  EXPECT_EQ(must({"ps", "-a", "--format", "{{.Names}} {{.State}}"}), "new running");
}

TEST_F(Cloned, APodIsMadeLikeAnother) {
  must({"pod", "create", "--name", "site", "--network", "none", "--label", "a=b"});
  must({"create", "--pod", "site", "--name", "web", image(), "probe", "forever"});

  const std::string id = must({"pod", "clone", "--start", "site"});

  EXPECT_EQ(must({"pod", "ps", "--no-trunc", "--filter", "name=site-clone", "--format",
                  "{{.Id}} {{.Status}} {{.Labels}}"}),
            id + " Running map[a:b]");
  EXPECT_EQ(told("{{.State.Status}}", "web-clone"), "running");
  must({"pod", "clone", "--destroy", "site", "next"});
  EXPECT_EQ(pod({"pod", "exists", "site"}).status, 1);
  EXPECT_EQ(told("{{.State.Status}}", "web-clone1"), "created");
}

TEST_F(Cloned, ALabelSaysHowAnImageIsRun) {
  must({"create", "--name", "made", "--network", "none", image(), "probe"});
  must({"commit", "-q", "-c", "LABEL run=\"/usr/bin/podman run --name NAME --network none IMAGE\"",
        "made", "localhost/labelled"});

  EXPECT_EQ(must({"container", "runlabel", "--display", "run", "localhost/labelled"}),
            "command: pod run --name labelled --network none localhost/labelled:latest");
  EXPECT_EQ(must({"container", "runlabel", "--name", "web", "run", "localhost/labelled", "probe",
                  "print", "x y"}),
            "command: pod run --name web --network none localhost/labelled:latest probe print 'x "
            "y'\nx y");
  EXPECT_EQ(pod({"container", "runlabel", "nothing", "localhost/labelled"}).status, 125);
}

TEST_F(Cloned, WhatHasNothingToDoSaysSo) {
  must({"create", "--name", "web", "--network", "none", image(), "probe"});

  EXPECT_THAT(pod({"container", "cleanup", "web"}).err, HasSubstr("web: nothing to clean up"));
  EXPECT_EQ(pod({"container", "cleanup", "web"}).status, 0);
  EXPECT_THAT(pod({"system", "migrate"}).err, HasSubstr("nothing to do"));
  EXPECT_THAT(pod({"system", "renumber"}).err, HasSubstr("nothing to do"));
  EXPECT_EQ(must({"context", "show"}), "default");
  EXPECT_EQ(must({"context", "ls", "--format", "{{.Name}}"}), "default");
  EXPECT_EQ(must({"system", "connection", "ls", "-q"}), "default");
  EXPECT_EQ(pod({"system", "connection", "add", "x", "ssh://y"}).status, 125);
}

TEST_F(Cloned, WhatCannotBeIsRefusedWithTheReason) {
  const std::pair<support::Words, const char*> cases[] = {
      {{"container", "checkpoint", "web"}, "CRIU"},
      {{"container", "restore", "web"}, "CRIU"},
      {{"machine", "init"}, "no virtual machine"},
      {{"auto-update"}, "pod generate systemd"},
      {{"quadlet", "install", "x"}, "pod generate systemd"},
      {{"farm", "build"}, "this host only"},
      {{"init", "web"}, "pod start"}};
  for (const auto& [words, reason] : cases) {
    const auto result = pod(words);
    EXPECT_EQ(result.status, 125) << words.front();
    EXPECT_THAT(result.err, HasSubstr(reason)) << words.front();
  }
}
