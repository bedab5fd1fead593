#include "pkg/registry/configuration.hpp"

#include "pkg/base/error.hpp"
#include "pkg/registry/endpoints.hpp"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace {

using registry::Configuration;
using testing::ElementsAre;
using testing::HasSubstr;

Configuration read(const std::string& text) {
  Configuration configuration;
  configuration.add(text, "registries.conf");
  return configuration;
}

// The names that are asked for, in order.
std::vector<std::string> places(const Configuration& configuration, const std::string& name) {
  std::vector<std::string> texts;
  for (const auto& endpoint :
       registry::endpoints_of(configuration, oci::Reference::parse(name), {})) {
    texts.push_back(endpoint.reference.text());
  }
  return texts;
}

std::string complaint(const std::string& text) {
  try {
    read(text);
  } catch (const base::Error& error) {
    return error.what();
  }
  return "";
}

TEST(Configuration, LocationStandsInForThePrefix) {
  const Configuration configuration = read(R"(
[[registry]]
prefix = "example.com/team"
location = "inner:5000/a/b/"
)");

  EXPECT_THAT(places(configuration, "example.com/team/app:1"), ElementsAre("inner:5000/a/b/app:1"));
  EXPECT_THAT(places(configuration, "example.com/teams/app:1"),
              ElementsAre("example.com/teams/app:1"));
  EXPECT_THAT(places(configuration, "alpine"), ElementsAre("docker.io/library/alpine:latest"));
}

TEST(Configuration, LongestPrefixWins) {
  const Configuration configuration = read(R"(
[[registry]]
prefix = "*.example.com"
location = "star"
[[registry]]
prefix = "*.b.example.com"
location = "star.b"
[[registry]]
prefix = "a.b.example.com/x"
location = "long.er"
[[registry]]
prefix = "a.b.example.com"
location = "ho.st"
[[registry]]
prefix = "a.b.example.com/x/app:1"
location = "ta.g/x"
)");

  EXPECT_THAT(places(configuration, "c.example.com:5000/x/y"),
              ElementsAre("docker.io/star/x/y:latest"));
  EXPECT_THAT(places(configuration, "c.b.example.com/x/y"), ElementsAre("star.b/x/y:latest"));
  EXPECT_THAT(places(configuration, "a.b.example.com/z/y"), ElementsAre("ho.st/z/y:latest"));
  EXPECT_THAT(places(configuration, "a.b.example.com/x/y"), ElementsAre("long.er/y:latest"));
  EXPECT_THAT(places(configuration, "a.b.example.com/x/app:1"), ElementsAre("ta.g/x:latest"));
  EXPECT_THAT(places(configuration, "example.com/x"), ElementsAre("example.com/x:latest"));
}

TEST(Configuration, HostWithAnotherPortIsAnotherRegistry) {
  const Configuration configuration = read("[[registry]]\nlocation = \"h.x\"\nblocked = true");

  EXPECT_THAT(places(configuration, "h.x:5000/app"), ElementsAre("h.x:5000/app:latest"));
  EXPECT_THROW(places(configuration, "h.x/app"), base::Error);
}

TEST(Configuration, MirrorsComeFirstAsTheyAreMeant) {
  const Configuration configuration = read(R"(
[[registry]]
location = "docker.io"
[[registry.mirror]]
location = "one:5000/hub"
[[registry.mirror]]
location = "two:5000"
pull-from-mirror = "digest-only"
[[registry.mirror]]
location = "three:5000"
pull-from-mirror = "tag-only"
)");
  const std::string digest = "@sha256:" + std::string(64, 'a');

  EXPECT_THAT(places(configuration, "alpine:3"),
              ElementsAre("one:5000/hub/library/alpine:3", "three:5000/library/alpine:3",
                          "docker.io/library/alpine:3"));
  EXPECT_THAT(places(configuration, "alpine" + digest),
              ElementsAre("one:5000/hub/library/alpine" + digest,
                          "two:5000/library/alpine" + digest, "docker.io/library/alpine" + digest));
}

TEST(Configuration, CredentialsOfTheCommandLineStayWithTheRegistryThatWasNamed) {
  const Configuration configuration = read(R"(
[[registry]]
location = "h.x"
insecure = true
[[registry.mirror]]
location = "h.x/mirror"
[[registry.mirror]]
location = "other.x"
)");

  const auto endpoints = registry::endpoints_of(configuration, oci::Reference::parse("h.x/app"),
                                                {.creds = "me:secret"});

  ASSERT_EQ(endpoints.size(), 3U);
  EXPECT_EQ(endpoints[0].access.creds, "me:secret");
  EXPECT_EQ(endpoints[1].access.creds, "");
  EXPECT_EQ(endpoints[1].access.tls_verify, std::nullopt);
  EXPECT_EQ(endpoints[2].access.creds, "me:secret");
  EXPECT_EQ(endpoints[2].access.tls_verify, false);
}

TEST(Configuration, FlagsGoBeforeTheFile) {
  const Configuration configuration = read("[[registry]]\nlocation = \"h.x\"\ninsecure = true");

  const auto endpoints =
      registry::endpoints_of(configuration, oci::Reference::parse("h.x/app"), {.tls_verify = true});

  EXPECT_EQ(endpoints.at(0).access.tls_verify, true);
}

TEST(Configuration, DropInsReplaceWhatTheyName) {
  Configuration configuration = read(R"(
unqualified-search-registries = ["a.x"]
[[registry]]
location = "h.x"
blocked = true
[[registry]]
location = "i.x"
blocked = true
[aliases]
one = "a.x/one"
two = "a.x/two"
)");

  configuration.add(R"(
unqualified-search-registries = ["b.x", "c.x"]
[[registry]]
location = "h.x"
[aliases]
one = ""
"two" = "b.x/two"
)",
                    "drop-in.conf");

  EXPECT_THAT(configuration.search, ElementsAre("b.x", "c.x"));
  EXPECT_THAT(configuration.aliases, ElementsAre(testing::Pair("two", "b.x/two")));
  EXPECT_THAT(places(configuration, "h.x/app"), ElementsAre("h.x/app:latest"));
  EXPECT_THROW(places(configuration, "i.x/app"), base::Error);
}

TEST(Configuration, ErrorsNameFileLineAndKey) {
  const std::pair<const char*, const char*> cases[] = {
      {"a = [", "registries.conf:1: "},
      {"\n[[registry]]\nlocation = 5",
       "registries.conf:3: registry[0].location: expected a string"},
      {"\n[[registry]]\ninsecure = true", "registries.conf:2: registry[0].location: missing"},
      {"[[registry]]\nlocation = 'a.x'\nblocked = 'yes'",
       "registries.conf:3: registry[0].blocked: expected true or false"},
      {"[[registry]]\nlocation = 'https://a.x'", "registries.conf:2: registry[0].location: "},
      {"[[registry]]\nprefix = 'a.*.x'\nlocation = 'a'", "registries.conf:2: registry[0].prefix: "},
      {"[[registry]]\nlocation = 'a.x'\n[[registry.mirror]]\nlocation = 'b.x'\n"
       "pull-from-mirror = 'x'",
       "registries.conf:5: registry[0].mirror[0].pull-from-mirror: "},
      {"registry = 1", "registries.conf:1: registry: expected [[registry]]"},
      {"unqualified-search-registries = ['a', 1]",
       "registries.conf:1: unqualified-search-registries: expected an array of strings"},
      {"short-name-mode = 'odd'", "registries.conf:1: short-name-mode: \"odd\" is not one of"},
      {"[aliases]\nx = 'y'", "registries.conf:2: aliases.x: \"y\" is not REGISTRY/REPOSITORY"},
      {"[registries.search]\nregistries = ['a']",
       "registries.conf:1: registries: this is version 1"},
  };
  for (const auto& [text, expected] : cases)
    EXPECT_THAT(complaint(text), testing::StartsWith(expected)) << text;
}

}  // namespace
