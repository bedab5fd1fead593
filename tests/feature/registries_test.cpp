// registries.conf as a user meets it: mirrors, aliases, short names.
#include "pkg/base/base64.hpp"
#include "tests/support/home.hpp"
#include "tests/support/image.hpp"
#include "tests/support/registry.hpp"
#include "tests/support/tar_text.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <optional>

namespace {

using support::Asked;
using support::Registry;
using support::Result;
using testing::HasSubstr;
using testing::Not;

class Registries : public support::Home {
 protected:
  void SetUp() override {
    Home::SetUp();
    image_ = support::make_registry_image({support::make_image_tar()});
    main_.add(image_, "1");
  }
  void configure(const std::string& text) const {
    write("config/containers/registries.conf", text);
  }
  std::string mirrored(const std::string& more = "") const {
    return "[[registry]]\nlocation = \"" + main_.host() + "\"\n" + more +
           "[[registry.mirror]]\nlocation = \"" + mirror_.host() + "/cache\"\n";
  }
  std::string name() const { return main_.host() + "/team/app:1"; }

  Registry main_{nullptr};
  Registry mirror_{nullptr};
  support::RegistryImage image_;
};

TEST_F(Registries, MirrorGivesAllOfAnImageUnderItsOwnName) {
  mirror_.add(image_, "1");
  configure(mirrored());

  EXPECT_EQ(must({"pull", "-q", name()}), image_.id());

  EXPECT_TRUE(main_.asked().empty());
  EXPECT_GT(mirror_.count(
                [](const Asked& asked) { return asked.target.starts_with("/v2/cache/team/app/"); }),
            2U);
  EXPECT_EQ(inspect(name()).at("RepoTags").as_strings(), support::Words{name()});
  must({"run", "--rm", "--network", "none", name(), "probe", "print", "x"});
}

TEST_F(Registries, MirrorWithoutTheManifestIsPassedOver) {
  configure(mirrored());

  EXPECT_EQ(must({"pull", "-q", name()}), image_.id());

  EXPECT_EQ(mirror_.asked().size(), 1U);
}

TEST_F(Registries, AllAttemptsAreTold) {
  configure(mirrored());

  const Result result = pod({"pull", main_.host() + "/team/app:none"});

  EXPECT_EQ(result.status, 125);
  EXPECT_THAT(result.err,
              HasSubstr("registry " + mirror_.host() + ": pull cache/team/app:none: 404"));
  EXPECT_THAT(result.err, HasSubstr("registry " + main_.host() + ": pull team/app:none: 404"));
}

TEST_F(Registries, CredentialsOfTheCommandLineNeverReachAMirror) {
  const std::string basic = "Basic " + base::base64_encode("me:hunter2");
  mirror_.demand(basic, "Basic realm=\"mirror\"");
  main_.demand(basic, "Basic realm=\"main\"");
  configure(mirrored());

  const Result result = pod({"--log-level", "debug", "pull", "--creds", "me:hunter2", name()});

  EXPECT_EQ(result.status, 0) << result;
  EXPECT_FALSE(mirror_.has_seen(basic));
  EXPECT_TRUE(main_.has_seen(basic));
  EXPECT_THAT(result.err, Not(HasSubstr("hunter2")));
}

TEST_F(Registries, BlockedIsRefusedBeforeAnybodyIsAsked) {
  configure(mirrored("blocked = true\n"));

  const Result result = pod({"pull", name()});

  EXPECT_EQ(result.status, 125);
  EXPECT_THAT(result.err,
              HasSubstr("blocked by " + root() + "/config/containers/registries.conf:1"));
  EXPECT_TRUE(main_.asked().empty());
  EXPECT_TRUE(mirror_.asked().empty());
}

TEST_F(Registries, ShortNamesMeanTheSameToAllCommands) {
  configure("[aliases]\napp = \"" + main_.host() + "/team/app\"\n");

  EXPECT_EQ(must({"pull", "-q", "app:1"}), image_.id());
  const std::size_t asked = main_.asked().size();

  EXPECT_EQ(must({"run", "--rm", "--network", "none", "app:1", "probe", "print", "x"}), "x");
  must({"create", "--name", "made", "--network", "none", "app:1", "probe", "print", "x"});
  EXPECT_EQ(inspect("made").at("ImageName").as_string(), name());
  must({"image", "exists", "app:1"});
  write("web.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n"
        "  - {name: a, image: 'app:1', command: [probe, sleep]}\n");
  must({"play", "--network", "none", root() + "/web.yaml"});
  EXPECT_EQ(main_.asked().size(), asked);
}

TEST_F(Registries, ShortNameFindsWhatCameByItsCompleteName) {
  must({"pull", "-q", name()});
  const std::size_t asked = main_.asked().size();
  configure("unqualified-search-registries = [\"" + main_.host() + "\"]\n");

  EXPECT_EQ(must({"run", "--rm", "--network", "none", "team/app:1", "probe", "print", "x"}), "x");

  EXPECT_EQ(main_.asked().size(), asked);
}

TEST_F(Registries, SearchGoesOnToTheNextRegistryUnlessItMustNotGuess) {
  const std::string search =
      "unqualified-search-registries = [\"" + mirror_.host() + "\", \"" + main_.host() + "\"]\n";
  configure(search);

  EXPECT_EQ(must({"pull", "-q", "team/app:1"}), image_.id());

  configure("short-name-mode = \"enforcing\"\n" + search);
  const Result result = pod({"pull", "team/app:1"});
  EXPECT_EQ(result.status, 125);
  EXPECT_THAT(result.err, HasSubstr("which one: " + mirror_.host() + "/team/app:1, " + name()));
}

TEST_F(Registries, ShortNameIsAskedForOnATerminalOnce) {
  configure("unqualified-search-registries = [\"" + mirror_.host() + "\", \"" + main_.host() +
            "\"]\n");
  support::Start terminal = start();
  terminal.terminal = true;

  support::Program pull({support::transfer_program(), "pull", "team/app:1"}, terminal);
  EXPECT_TRUE(pull.expect("Number: "));
  pull.send("2\n");
  EXPECT_EQ(pull.wait().status, 0);

  EXPECT_TRUE(mirror_.asked().empty());
  EXPECT_EQ(must({"pull", "-q", "team/app:1"}), image_.id());
  EXPECT_TRUE(mirror_.asked().empty());
}

TEST_F(Registries, ErrorsOfTheFileNameThePlace) {
  configure("\n[[registry]]\nlocation = 5\n");

  EXPECT_THAT(pod({"pull", name()}).err,
              HasSubstr("config/containers/registries.conf:3: registry[0].location: expected a "
                        "string"));

  write("old.conf", "[registries.search]\nregistries = ['a']\n");
  support::Start old = start();
  old.environment["CONTAINERS_REGISTRIES_CONF"] = root() + "/old.conf";
  EXPECT_THAT(support::run(words({"pull", name()}), old).err, HasSubstr("old.conf:1: registries: "
                                                                        "this is version 1"));
}

}  // namespace
