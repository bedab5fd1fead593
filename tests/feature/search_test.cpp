// `search`: docker.io's way, the list of a registry's repositories, and the tags of one.
#include "tests/support/home.hpp"
#include "tests/support/registry.hpp"
#include "tests/support/registry_docker.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/tar_text.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <optional>

namespace {

using support::Asked;
using support::Registry;
using support::Reply;
using support::Result;
using testing::HasSubstr;

Reply json(const std::string& body) {
  return {.fields = {{"Content-Type", "application/json"}}, .body = body, .claimed_length = {}};
}

class Search : public support::Home {
 protected:
  Registry server_{nullptr};
};

TEST_F(Search, AsksTheSearchOfARegistryThatHasOne) {
  server_.tell([](const Asked& asked) -> std::optional<Reply> {
    if (asked.target != "/v1/search?q=al%20pine&n=25") return std::nullopt;
    return json(R"({"results":[
      {"name":"one","description":"A text that is longer than forty-four letters are","star_count":7,
       "is_official":true},
      {"name":"team/two","description":"line\nend","star_count":2,"is_automated":true}]})");
  });
  const std::string term = server_.host() + "/al pine";

  EXPECT_EQ(must({"search", "--compatible", "--format",
                  "{{.Name}}|{{.Description}}|{{.Stars}}|{{.Official}}|{{.Automated}}", term}),
            server_.host() + "/one|A text that is longer than forty-four letter...|7|[OK]|\n" +
                server_.host() + "/team/two|line end|2||[OK]");
  EXPECT_EQ(must({"search", "-f", "is-official", "--format", "{{.Name}}", term}),
            server_.host() + "/one");
  EXPECT_EQ(must({"search", "-f", "stars=3,is-official=false", "--format", "{{.Name}}", term}), "");
  EXPECT_THAT(must({"search", "--no-trunc", term}), HasSubstr("letters are"));
  EXPECT_EQ(base::Json::parse(must({"search", "--format", "json", term})).as_array().size(), 2U);
  EXPECT_EQ(pod({"search", "-f", "odd=1", term}).status, 125);
}

TEST_F(Search, GoesThroughThePagesOfAList) {
  server_.tell([](const Asked& asked) -> std::optional<Reply> {
    if (asked.target == "/v2/_catalog") {
      Reply page = json(R"({"repositories":["a/app","b/other"]})");
      page.fields.emplace_back("Link", "</v2/_catalog?last=b%2Fother&n=2>; rel=\"next\"");
      return page;
    }
    if (asked.target == "/v2/_catalog?last=b%2Fother&n=2") {
      return json(R"({"repositories":["c/app"]})");
    }
    return std::nullopt;
  });

  EXPECT_EQ(must({"search", "--format", "{{.Name}}", server_.host() + "/app"}),
            server_.host() + "/a/app\n" + server_.host() + "/c/app");
  EXPECT_EQ(must({"search", "--limit", "1", "--format", "{{.Name}}", server_.host() + "/app"}),
            server_.host() + "/a/app");
  EXPECT_EQ(must({"search", server_.host() + "/none"}), "");
}

TEST_F(Search, WithoutARegistryAsksAllOfThem) {
  const Registry other(nullptr);
  server_.tell([](const Asked& asked) -> std::optional<Reply> {
    if (asked.target != "/v2/_catalog") return std::nullopt;
    return json(R"({"repositories":["team/app"]})");
  });
  write("config/containers/registries.conf",
        "unqualified-search-registries = [\"" + other.host() + "\", \"" + server_.host() + "\"]\n");

  const Result result = pod({"search", "--format", "{{.Index}}", "app"});

  EXPECT_EQ(result.out, server_.host() + "\n");
  EXPECT_THAT(result.err, HasSubstr("registry " + other.host() + ": search app: 404"));
}

TEST_F(Search, TagsOfDockersRegistry) {
  SKIP_FOR(support::why_no_docker_registry());
  std::filesystem::create_directories(root() + "/pki");
  const support::Authority authority(root() + "/pki");
  std::filesystem::create_directories(root() + "/config/containers/certs.d");
  std::filesystem::create_directory(root() + "/registry");
  support::DockerRegistry registry(root() + "/registry", authority, true);
  const auto image = support::make_registry_image({support::TarText().file("a", "b").end()});
  for (const char* tag : {"1", "2", "3"})
    registry.push("team/app", tag, image);
  const auto search = [&](support::Words flags) {
    flags.insert(flags.begin(),
                 {"search", "--cert-dir", root() + "/trusted", "--creds", "tester:a:secret"});
    return must(flags);
  };
  std::filesystem::create_directory(root() + "/trusted");
  std::filesystem::copy(authority.authority(), root() + "/trusted/ca.crt");
  const std::string name = registry.host() + "/team/app";

  for (const char* tag : {"1", "2", "3"}) {
    EXPECT_THAT(search({"--list-tags", "--format", "{{.Name}}:{{.Tag}}", name}),
                HasSubstr(name + ":" + tag));
  }
  const auto listed = base::Json::parse(search({"--list-tags", "--format", "json", name}));
  EXPECT_EQ(listed.as_array().at(0).at("Name").as_string(), name);
  EXPECT_THAT(listed.as_array().at(0).at("Tags").as_strings(),
              testing::UnorderedElementsAre("1", "2", "3"));
  const auto one = search({"--list-tags", "--limit", "1", "--format", "{{.Tag}}", name});
  EXPECT_EQ(one.size(), 1U);
  EXPECT_EQ(search({"--format", "{{.Name}}", registry.host() + "/te"}), name);
  EXPECT_THAT(pod({"search", "--list-tags", "--cert-dir", root() + "/trusted", name}).err,
              HasSubstr("log in with `pod login"));
}

}  // namespace
