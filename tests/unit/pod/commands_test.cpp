#include "cmd/pod/command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::string name_of(const std::vector<std::string>& words) {
  const pod::Found found = pod::find_command(words);
  return found.command == nullptr ? "" : std::string(found.command->name);
}

TEST(Commands, AreFoundByTheirSpellings) {
  EXPECT_EQ(name_of({"run", "alpine"}), "run");
  EXPECT_EQ(name_of({"container", "run", "alpine"}), "run");
  EXPECT_EQ(name_of({"container", "ls"}), "ps");
  EXPECT_EQ(name_of({"image", "ls"}), "images");
  EXPECT_EQ(name_of({"image", "rm", "x"}), "rmi");
  EXPECT_EQ(name_of({"pod", "ps"}), "pod ps");
  EXPECT_EQ(name_of({"pod", "ls"}), "pod ps");
  EXPECT_EQ(name_of({"ps", "--pod"}), "ps");
  EXPECT_EQ(name_of({"play", "kube", "web.yaml"}), "play");
  EXPECT_EQ(name_of({"kube", "play", "web.yaml"}), "play");
  EXPECT_EQ(name_of({"kube", "down", "web.yaml"}), "down");
  EXPECT_EQ(name_of({"play", "web.yaml"}), "play");
  EXPECT_EQ(name_of({"system", "info"}), "info");
  EXPECT_EQ(name_of({"container", "inspect", "x"}), "container inspect");
}

TEST(Commands, AreNotFoundByHalfAName) {
  EXPECT_EQ(name_of({}), "");
  EXPECT_EQ(name_of({"pod"}), "");
  EXPECT_EQ(name_of({"container"}), "");
  EXPECT_EQ(name_of({"pod", "nothing"}), "");
}

TEST(Commands, GetTheWordsBehindTheirName) {
  EXPECT_THAT(pod::find_command({"container", "ls", "-a"}).arguments.words, ElementsAre("-a"));
  EXPECT_EQ(pod::find_command({"container", "ls", "-a"}).arguments.command, "container ls");
  EXPECT_THAT(pod::find_command({"kill", "web", "db"}).arguments.words, ElementsAre("web", "db"));
}

TEST(Commands, ThatAreUnknownAreExplained) {
  EXPECT_EQ(pod::why_unknown({"build", "."}), "build: not supported yet");
  EXPECT_EQ(pod::why_unknown({"kube", "apply"}), "kube apply: not supported yet");
  EXPECT_EQ(pod::why_unknown({"rn"}), "rn: unknown command, did you mean run?");
  EXPECT_EQ(pod::why_unknown({"pod", "stat"}),
            "pod stat: unknown command, did you mean pod stats?");
  EXPECT_EQ(pod::why_unknown({"something-else"}), "something-else: unknown command");
}

TEST(Commands, AreListedOnceEach) {
  std::vector<std::string_view> names;
  for (const pod::Command& command : pod::commands())
    names.push_back(command.name);
  std::vector<std::string_view> once = names;
  std::sort(once.begin(), once.end());

  EXPECT_EQ(std::unique(once.begin(), once.end()), once.end());
}

TEST(Commands, AreShownInTheOverview) {
  EXPECT_THAT(pod::overview(""), HasSubstr("\n  run                 Run a command"));
  EXPECT_THAT(pod::overview(""), Not(HasSubstr("__complete")));
  EXPECT_THAT(pod::overview("pod"), HasSubstr("\n  pod create"));
  EXPECT_THAT(pod::overview("pod"), Not(HasSubstr("\n  run ")));
  EXPECT_THAT(pod::overview("container"), HasSubstr("\n  container ls "));
}

}  // namespace
