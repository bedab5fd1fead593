#include "pkg/kube/yaml.hpp"

#include "pkg/base/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using kube::Node;

std::string failure(const std::string& text) {
  try {
    kube::parse_yaml(text, "a.yaml");
  } catch (const base::Error& error) {
    return error.what();
  }
  return "";
}

Node parse(const std::string& text) {
  return kube::parse_yaml(text, "a.yaml").at(0);
}

std::string repeat(const std::string& text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i)
    out += text;
  return out;
}

TEST(Yaml, ReadsDocumentsAndLeavesEmptyOnesOut) {
  EXPECT_EQ(kube::parse_yaml("---\na: 1\n---\n---\n# nothing\n---\nb: 2\n", "a.yaml").size(), 2U);
  EXPECT_EQ(kube::parse_yaml("", "a.yaml").size(), 0U);
}

TEST(Yaml, KnowsTheLineOfEverything) {
  const Node node = parse("a: 1\nb:\n  - x\n  - y: z\n");

  EXPECT_EQ(node.find("a")->line, 1);
  EXPECT_EQ(node.members.at(1).line, 2);
  EXPECT_EQ(node.find("b")->items.at(0).line, 3);
  EXPECT_EQ(node.find("b")->items.at(1).find("y")->line, 4);
}

TEST(Yaml, TellsStringsFromNumbersAndTruth) {
  const Node node = parse(
      "[true, yes, 'true', 12, \"12\", 0x1f, 0644, -7, 1.5, 12a, 2024-01-01, !!str 5, 1e3, 1.2.3]");
  const char* const kinds[] = {"true or false", "true or false", "a string", "a number", "a string",
                               "a number",      "a number",      "a number", "a number", "a string",
                               "a string",      "a string",      "a number", "a string"};
  for (std::size_t i = 0; i < std::size(kinds); ++i)
    EXPECT_EQ(node.items.at(i).describe(), kinds[i]) << node.items.at(i).text;
  EXPECT_EQ(node.items.at(5).as_integer(), 31);
  EXPECT_EQ(node.items.at(6).as_integer(), 420);
  EXPECT_EQ(node.items.at(7).as_integer(), -7);
}

TEST(Yaml, UnfoldsAliasesAndMergeKeys) {
  const Node node = parse("a: &x {k: 1, l: 2}\nb: *x\nc: {<<: *x, k: 3}\nd: {<<: [*x, {m: 4}]}\n");

  EXPECT_EQ(node.find("b")->find("l")->text, "2");
  EXPECT_EQ(node.find("c")->find("k")->text, "3");
  EXPECT_EQ(node.find("c")->find("l")->text, "2");
  EXPECT_EQ(node.find("d")->find("m")->text, "4");
}

TEST(Yaml, RefusesWhatIsNotYaml) {
  const std::pair<const char*, const char*> cases[] = {
      {"a: 1\nb: [1, 2\n", "a.yaml:3: not YAML: "},
      {"a: b: c\n", "a.yaml:1: not YAML: "},
      {"a: 1\n\tb: 2\n", "a.yaml:"},
      {"a: *nobody\n", "a.yaml:1: not YAML: "},
      {"a: &x [*x]\n", "a.yaml:1: an alias inside of what it stands for"},
      {"a: !!binary aGk=\n", "a.yaml:1: tag not supported"},
      {"? [a]\n: b\n", "a.yaml:1: a key has to be a word"},
      {"a: 1\nb: 2\na: 3\n", "a.yaml:3: a is said twice, first in line 1"},
      {"a: {<<: 5}\n", "a.yaml:1: << takes a map or a list of maps"},
  };
  for (const auto& [text, message] : cases)
    EXPECT_THAT(failure(text), testing::StartsWith(message)) << text;
}

TEST(Yaml, RefusesBombs) {
  std::string laughs = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n";
  for (int i = 1; i < 10; ++i) {
    const std::string alias = "*a" + std::to_string(i - 1);
    laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" +
              repeat(alias + ", ", 9) + alias + "]\n";
  }
  EXPECT_THAT(failure(laughs), testing::HasSubstr("more than 100000 values"));
  EXPECT_THAT(failure(repeat("[", 5000)), testing::HasSubstr("nested deeper than 100 levels"));
  EXPECT_THAT(failure(repeat("{a: ", 5000)), testing::HasSubstr("nested deeper than 100 levels"));
  EXPECT_THAT(failure(repeat("- ", 5000)), testing::HasSubstr("nested deeper than 100 levels"));
  EXPECT_THAT(failure("a: '" + std::string(5U << 20U, 'x') + "'"),
              testing::HasSubstr("larger than 4 MiB"));
  const std::string text =
      "a: &a '" + std::string(3U << 20U, 'x') + "'\nb: [" + repeat("*a, ", 20) + "]\n";
  EXPECT_THAT(failure(text), testing::HasSubstr("more than 32 MiB of text"));
  std::string anchors;
  for (int i = 0; i < 50; ++i)
    anchors += "&a" + std::to_string(i) + " [";
  EXPECT_THAT(failure(anchors + repeat("x, ", 10000) + repeat("]", 50)),
              testing::HasSubstr("more than 100000 values"));
}

TEST(Yaml, HasOneTextForAllSpellings) {
  EXPECT_EQ(parse("a: 1\nb: [x, 'y']\n").normalised(),
            parse("# other\nb:\n- \"x\"\n- y\na: 1\nc:\n").normalised());
  EXPECT_NE(parse("a: 1").normalised(), parse("a: '1'").normalised());
  EXPECT_NE(parse("[a, b]").normalised(), parse("[[a], b]").normalised());
  EXPECT_NE(parse("[ab]").normalised(), parse("[a, b]").normalised());
}

}  // namespace
