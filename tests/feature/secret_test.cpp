// pod secret ..., and --secret.
#include "tests/support/home.hpp"
#include "tests/support/skip.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

using ::testing::HasSubstr;
using ::testing::Not;

class Secret : public support::Home {
 protected:
  // The files below the test's folder that have this text in them.
  std::vector<std::string> files_with(const std::string& text) const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(
             root(), std::filesystem::directory_options::skip_permission_denied)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path());
      const std::string content(std::istreambuf_iterator<char>(file), {});
      if (content.find(text) != std::string::npos) found.push_back(entry.path());
    }
    return found;
  }
};

TEST_F(Secret, IsKeptAndListed) {
  const std::string id = must({"secret", "create", "-l", "app=web", "db", "-"}, "hush");

  EXPECT_EQ(id.size(), 25U);
  EXPECT_THAT(must({"secret", "ls"}), HasSubstr(id + "  db          file        "));
  EXPECT_EQ(must({"secret", "ls", "-q", "--filter", "name=^d"}), id);
  EXPECT_EQ(must({"secret", "ls", "--noheading", "--format", "{{.Name}}"}), "db");
  EXPECT_EQ(pod({"secret", "ls", "--filter", "colour=red"}).status, 125);
  EXPECT_EQ(pod({"secret", "exists", "db"}).status, 0);
  EXPECT_EQ(pod({"secret", "exists", id.substr(0, 8)}).status, 0);
  EXPECT_EQ(pod({"secret", "exists", "missing"}).status, 1);
  EXPECT_THAT(must({"__complete", "secret", "rm", "d"}), HasSubstr("db\tsecret"));
}

TEST_F(Secret, IsShownOnlyWhenAskedFor) {
  must({"secret", "create", "-l", "app=web", "db", "-"}, "hush");

  const std::string shown = must({"secret", "inspect", "db"});

  EXPECT_THAT(shown, Not(HasSubstr("hush")));
  EXPECT_THAT(shown, HasSubstr("\"app\": \"web\""));
  EXPECT_EQ(must({"secret", "inspect", "-f", "{{.Spec.Name}} {{.Spec.Driver.Name}}", "db"}),
            "db file");
  EXPECT_EQ(must({"secret", "inspect", "--showsecret", "-f", "{{.SecretData}}", "db"}), "hush");
  EXPECT_THAT(must({"secret", "inspect", "--pretty", "db"}), HasSubstr("Name:            db\n"));
  EXPECT_EQ(pod({"secret", "inspect", "db", "missing"}).status, 125);
}

TEST_F(Secret, ComesFromAFileOrAVariable) {
  const std::string file = write("value", "of a file");
  must({"secret", "create", "one", file});
  must({"secret", "create", "--env", "two", "HOME"});

  EXPECT_EQ(must({"secret", "inspect", "--showsecret", "-f", "{{.SecretData}}", "one"}),
            "of a file");
  EXPECT_EQ(pod({"secret", "create", "--env", "three", "NO_SUCH_VARIABLE"}).status, 125);
  EXPECT_EQ(pod({"secret", "create", "four", file + "missing"}).status, 125);
}

TEST_F(Secret, HasANameOfItsOwnAndALimit) {
  const std::string id = must({"secret", "create", "db", "-"}, "hush");

  EXPECT_THAT(pod({"secret", "create", "db", "-"}, "again").err, HasSubstr("secret name in use"));
  EXPECT_EQ(must({"secret", "create", "--ignore", "db", "-"}, "again"), id);
  EXPECT_NE(must({"secret", "create", "--replace", "db", "-"}, "again"), id);
  EXPECT_EQ(must({"secret", "inspect", "--showsecret", "-f", "{{.SecretData}}", "db"}), "again");
  EXPECT_EQ(pod({"secret", "create", "a/b", "-"}, "x").status, 125);
  EXPECT_EQ(pod({"secret", "create", "empty", "-"}).status, 125);
  EXPECT_EQ(pod({"secret", "create", "large", "-"}, std::string(512'000, 'x')).status, 125);
  must({"secret", "create", "just", "-"}, std::string(511'999, 'x'));
}

TEST_F(Secret, IsRemoved) {
  const std::string id = must({"secret", "create", "one", "-"}, "hush");
  must({"secret", "create", "two", "-"}, "hush");

  EXPECT_EQ(must({"secret", "rm", id}), id);
  EXPECT_EQ(pod({"secret", "rm", "one"}).status, 125);
  EXPECT_EQ(pod({"secret", "rm", "--ignore", "one"}).status, 0);
  must({"secret", "rm", "--all"});
  EXPECT_EQ(must({"secret", "ls", "-q"}), "");
  EXPECT_TRUE(files_with("hush").empty());
}

TEST_F(Secret, IsAFileInTheContainer) {
  must({"secret", "create", "db", "-"}, "hush");

  EXPECT_EQ(probe({"cat", "/run/secrets/db"}, {"--secret", "db"}).out, "hush");
  EXPECT_THAT(probe({"stat", "/run/secrets/db"}, {"--secret", "db"}).out,
              HasSubstr("100444 0:0 4"));
  EXPECT_EQ(probe({"cat", "/etc/key"}, {"--secret", "source=db,target=/etc/key"}).out, "hush");
  EXPECT_EQ(probe({"cat", "/run/secrets/key"}, {"--secret", "db,target=key"}).out, "hush");
}

TEST_F(Secret, HasTheOwnerAndModeThatWereAskedFor) {
  SKIP_FOR(support::why_no_ids());
  must({"secret", "create", "db", "-"}, "hush");

  EXPECT_THAT(probe({"stat", "/run/secrets/db"}, {"--secret", "db,uid=1000,gid=7,mode=0400"}).out,
              HasSubstr("100400 1000:7 4"));
}

TEST_F(Secret, BelongsToRootOfTheContainersIds) {
  SKIP_FOR(support::why_no_ids());
  must({"secret", "create", "db", "-"}, "hush");

  EXPECT_THAT(probe({"stat", "/run/secrets/db"}, {"--userns", "keep-id", "--secret", "db"}).out,
              HasSubstr("100444 0:0 4"));
}

TEST_F(Secret, IsAVariableThatNoRecordHas) {
  must({"secret", "create", "db", "-"}, "hush-hush");
  const std::string id = start_probe({"sleep", "100"}, {"--secret", "db,type=env,target=PASSWORD"});

  EXPECT_EQ(must({"exec", id, "probe", "env", "PASSWORD"}), "hush-hush");
  EXPECT_THAT(must({"inspect", id}), Not(HasSubstr("hush-hush")));
  EXPECT_EQ(must({"inspect", "-f", "{{range .Config.Secrets}}{{.Name}} {{.Size}}{{end}}", id}),
            "db 9");
  for (const std::string& file : files_with("hush-hush")) {
    EXPECT_THAT(file, testing::AnyOf(testing::EndsWith("/secrets/db/value"),
                                     testing::EndsWith("/secrets/0")));
  }
}

TEST_F(Secret, OfAContainerIsItsOwnAndGoesWithIt) {
  must({"secret", "create", "db", "-"}, "the first value");
  must({"create", "--name", "web", "--network", "none", "--secret", "db", image(), "probe", "cat",
        "/run/secrets/db"});

  must({"secret", "create", "--replace", "db", "-"}, "the second value");
  EXPECT_EQ(must({"start", "--attach", "web"}), "the first value");
  must({"secret", "rm", "db"});
  EXPECT_EQ(must({"start", "--attach", "web"}), "the first value");
  must({"rm", "web"});
  EXPECT_TRUE(files_with("the first value").empty());
}

TEST_F(Secret, RefusesWhatIsNotClear) {
  must({"secret", "create", "db", "-"}, "hush");

  for (const char* text : {"missing", "db,type=env,mode=0400", "db,colour=red", "db,mode=9",
                           "db,type=tape", "type=env", "db,uid=x"}) {
    EXPECT_EQ(probe({"pid"}, {"--secret", text}).status, 125) << text;
  }
}
