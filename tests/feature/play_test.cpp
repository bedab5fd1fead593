// play and down.
#include "tests/support/home.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/wire.hpp"

#include <gmock/gmock.h>

using ::testing::HasSubstr;

class Play : public support::Home {
 protected:
  std::string site() {
    return write("site.yaml",
                 "apiVersion: v1\n"
                 "kind: Pod\n"
                 "metadata:\n"
                 "  name: site\n"
                 "spec:\n"
                 "  hostNetwork: false\n"
                 "  terminationGracePeriodSeconds: 0\n"
                 "  containers:\n"
                 "  - name: web\n"
                 "    image: " +
                     image() +
                     "\n"
                     "    command: [probe, print, \"$(WORD)\", tcp, \"8080\", answer]\n"
                     "    env:\n"
                     "    - {name: WORD, value: hello}\n"
                     "  - name: cache\n"
                     "    image: " +
                     image() +
                     "\n"
                     "    command: [probe, wait]\n");
  }
};

TEST_F(Play, StartsAPodAndTakesItDown) {
  const std::string file = site();

  must({"play", "--network", "none", file});

  EXPECT_EQ(must({"ps", "--format", "{{.Names}}", "--sort", "names"}), "site-cache\nsite-web");
  EXPECT_EQ(must({"pod", "ps", "--format", "{{.Name}} {{.Status}}"}), "site Running");
  EXPECT_THAT(must({"logs", "site-web"}), HasSubstr("hello"));
  must({"down", file});
  EXPECT_EQ(must({"ps", "-aq"}), "");
  expect_nothing_left();
}

TEST_F(Play, HasThePeersSpellings) {
  const std::string file = site();

  must({"kube", "play", "--network", "none", file});
  must({"kube", "down", file});
  must({"play", "kube", "--network", "none", file});
  must({"play", "--down", file});

  EXPECT_EQ(must({"pod", "ps", "-q"}), "");
}

TEST_F(Play, ReadsStandardInput) {
  site();
  const std::string text = support::run({"cat", root() + "/site.yaml"}).out;

  must({"play", "--network", "none", "-"}, text);

  EXPECT_EQ(must({"pod", "ps", "--format", "{{.Name}}"}), "site");
  must({"down", "-"}, text);
  EXPECT_EQ(must({"pod", "ps", "-q"}), "");
}

TEST_F(Play, ChangesNothingTheSecondTime) {
  const std::string file = site();
  must({"play", "--network", "none", file});
  const std::string before = must({"ps", "-q", "--no-trunc", "--sort", "names"});

  must({"play", "--network", "none", file});

  EXPECT_EQ(must({"ps", "-q", "--no-trunc", "--sort", "names"}), before);
}

TEST_F(Play, StartsWhatIsMissingOfAPodThatIsToRunForEver) {
  const std::string file = site();
  must({"play", "--network", "none", file});
  must({"stop", "-t", "0", "site-cache"});
  const std::string web = must({"inspect", "site-web", "--format", "{{.State.Pid}}"});

  EXPECT_THAT(pod({"play", "--network", "none", file}).err, HasSubstr("pod site: started"));

  EXPECT_EQ(must({"pod", "ps", "--format", "{{.Status}}"}), "Running");
  EXPECT_EQ(must({"inspect", "site-web", "--format", "{{.State.Pid}}"}), web);
}

TEST_F(Play, LooksForAllImagesBeforeItReplacesAPod) {
  must({"play", "--network", "none", site()});
  const std::string before = must({"pod", "ps", "-q"});
  const std::string other =
      write("other.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: other}\nspec:\n  containers:\n"
            "  - {name: gone, image: localhost/missing, imagePullPolicy: Never}\n");

  const auto result = pod({"play", "--network", "none", "--replace", site(), other});

  EXPECT_EQ(result.status, 125) << result;
  EXPECT_EQ(must({"pod", "ps", "-q"}), before);
}

TEST_F(Play, FindsContainersByTheirOwnName) {
  must({"play", "--network", "none", site()});

  EXPECT_THAT(must({"logs", "site", "web"}), HasSubstr("hello"));
  EXPECT_THAT(must({"pod", "logs", "-c", "web", "site"}), HasSubstr("hello"));
}

TEST_F(Play, PrintsTheStepsAndDoesNothing) {
  const auto result = pod({"play", "--dry-run", site()});

  EXPECT_EQ(result.status, 0) << result;
  EXPECT_THAT(result.out, HasSubstr("web"));
  EXPECT_EQ(must({"pod", "ps", "-q"}), "");
}

TEST_F(Play, NamesTheFieldThatIsMisspelt) {
  const std::string file = write("wrong.yaml",
                                 "apiVersion: v1\nkind: Pod\nmetadata:\n  name: site\nspec:\n"
                                 "  containers:\n  - name: web\n    imaeg: probe\n");

  const auto result = pod({"play", file});

  EXPECT_EQ(result.status, 125);
  EXPECT_THAT(result.err, HasSubstr("wrong.yaml:8"));
  EXPECT_THAT(result.err, HasSubstr("imaeg"));
  EXPECT_THAT(result.err, HasSubstr("image"));
}

TEST_F(Play, SaysWhatItDoesNotSupport) {
  const std::string file =
      write("probes.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: site\nspec:\n  containers:\n"
            "  - name: web\n    image: " +
                image() +
                "\n    command: [probe, forever]\n"
                "    lifecycle:\n      postStart: {exec: {command: [\"true\"]}}\n");

  const auto notice = pod({"play", "--network", "none", file});
  EXPECT_EQ(notice.status, 0) << notice;
  EXPECT_THAT(notice.err,
              HasSubstr("probes.yaml:10: spec.containers[0].lifecycle: not supported yet"));

  EXPECT_EQ(pod({"play", "--strict", file}).status, 125);
}

TEST_F(Play, RunsInitContainersFirst) {
  const std::string file =
      write("init.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: site\nspec:\n"
            "  initContainers:\n  - name: make\n    image: " +
                image() +
                "\n"
                "    command: [probe, write, /shared/file, made]\n"
                "    volumeMounts: [{name: shared, mountPath: /shared}]\n"
                "  containers:\n  - name: web\n    image: " +
                image() +
                "\n"
                "    command: [probe, cat, /shared/file, forever]\n"
                "    volumeMounts: [{name: shared, mountPath: /shared, readOnly: true}]\n"
                "  volumes: [{name: shared, emptyDir: {}}]\n");

  must({"play", "--network", "none", file});

  support::Program follow(words({"logs", "-f", "site-web"}), start());
  EXPECT_TRUE(follow.expect("made"));
  must({"down", file});
  follow.wait();
  expect_nothing_left();
}

TEST_F(Play, LetsEveryUserWriteToAPartOfAVolume) {
  SKIP_FOR(support::why_no_ids());
  const std::string file =
      write("part.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: site}\nspec:\n"
            "  restartPolicy: Never\n  volumes: [{name: data, emptyDir: {}}]\n"
            "  containers:\n  - name: web\n    image: " +
                image() +
                "\n    workingDir: /made/for/it\n"
                "    command: [probe, write, /part/file, text, cat, /part/file, pwd]\n"
                "    securityContext: {runAsUser: 1000}\n"
                "    volumeMounts: [{name: data, mountPath: /part, subPath: a/b}]\n");

  must({"play", "--network", "none", file});

  must({"wait", "site-web"});
  EXPECT_EQ(must({"logs", "site-web"}), "text/made/for/it");
}

TEST_F(Play, PublishesPorts) {
  SKIP_FOR(support::why_no_network());
  const std::uint16_t port = support::free_port();
  const std::string file = write("ports.yaml",
                                 "apiVersion: v1\nkind: Pod\nmetadata:\n  name: site\nspec:\n"
                                 "  terminationGracePeriodSeconds: 0\n  containers:\n"
                                 "  - name: web\n    image: " +
                                     image() +
                                     "\n"
                                     "    command: [probe, tcp, \"80\", answer]\n"
                                     "    ports: [{containerPort: 80, hostPort: " +
                                     std::to_string(port) + "}]\n");

  must({"play", file});

  EXPECT_THAT(support::ask_tcp(port), HasSubstr("answer"));
  must({"down", file});
  EXPECT_FALSE(support::is_listening(port));
  expect_nothing_left();
}

TEST_F(Play, GoesBackWhenAStepFails) {
  const std::string file =
      write("missing.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: site\nspec:\n  containers:\n"
            "  - name: web\n    image: " +
                image() +
                "\n    command: [probe, forever]\n"
                "  - name: gone\n    image: localhost/missing\n    imagePullPolicy: Never\n");

  const auto result = pod({"play", "--network", "none", file});

  EXPECT_EQ(result.status, 125) << result;
  EXPECT_THAT(result.err, HasSubstr("localhost/missing"));
  EXPECT_EQ(must({"pod", "ps", "-q"}), "");
  expect_nothing_left();
}

TEST_F(Play, TakesDownWhatIsGoneAlready) {
  const std::string file = site();

  EXPECT_EQ(pod({"down", file}).status, 0);
}
