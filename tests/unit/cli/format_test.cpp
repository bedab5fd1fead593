#include "cmd/cli/format.hpp"

#include "pkg/base/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

cli::Listing two_rows() {
  cli::Listing listing;
  listing.headings = {{"ID", "CONTAINER ID"}};
  listing.rows.push_back(base::Json::object({{"Id", "aaaaaaaaaaaaaaaaaaaa"},
                                             {"ID()", "aaaaaaaaaaaa"},
                                             {"Names", "web"},
                                             {"RunningFor()", "2 days"},
                                             {"Label()", base::Json::object()}}));
  listing.rows.push_back(base::Json::object({{"Id", "bbbbbbbbbbbbbbbbbbbb"},
                                             {"ID()", "bbbbbbbbbbbb"},
                                             {"Names", "a-longer-name"},
                                             {"RunningFor()", "1 hour"},
                                             {"Label()", base::Json::object({{"k", "v"}})}}));
  return listing;
}

TEST(Format, AlignsColumnsAsThePeersDo) {
  EXPECT_EQ(cli::align("A\tB\tC\nlonger than that\tx\ty\n"),
            "A                 B           C\nlonger than that  x           y\n");
  EXPECT_EQ(cli::align("ä\tb"), "ä           b");
}

TEST(Format, PrintsATableWithHeadings) {
  EXPECT_EQ(cli::format_rows(R"(table {{.ID}}\t{{.Names}}\t{{.RunningFor}})", two_rows()),
            "CONTAINER ID  NAMES          RUNNING FOR\n"
            "aaaaaaaaaaaa  web            2 days\n"
            "bbbbbbbbbbbb  a-longer-name  1 hour\n");
}

TEST(Format, LeavesTheHeadingAwayWhenAsked) {
  cli::Listing listing = two_rows();
  listing.has_heading = false;

  EXPECT_EQ(cli::format_rows("table {{.Names}}", listing), "web\na-longer-name\n");
}

TEST(Format, HeadsATableWithoutRows) {
  EXPECT_EQ(cli::format_rows("table {{.ID}}\t{{.ImageID}}", {}), "ID          IMAGE ID\n");
  EXPECT_EQ(cli::format_rows("table {{.ID}} {{.ImageID}}", {}), "ID          IMAGE ID\n");
  EXPECT_EQ(cli::format_rows("{{.ID}}", {}), "");
  EXPECT_EQ(cli::format_rows("json", {}), "[]\n");
}

TEST(Format, FillsATemplateForEachRow) {
  EXPECT_EQ(cli::format_rows("{{.ID}} {{.Label \"k\"}}", two_rows()),
            "aaaaaaaaaaaa \nbbbbbbbbbbbb v\n");
  EXPECT_EQ(cli::format_rows("{{range .}}{{.Names}};{{end}}", two_rows()), "web;a-longer-name;\n");
  EXPECT_EQ(cli::format_rows(R"({{.Names}}\n)", two_rows()), "web\na-longer-name\n");
  EXPECT_EQ(cli::format_rows("table {{.Label \"k\"}}", two_rows()), "LABEL\n\nv\n");
}

TEST(Format, PrintsJsonWithoutMethods) {
  cli::Listing listing = two_rows();
  listing.rows.pop_back();

  EXPECT_EQ(cli::format_rows("json", listing),
            "[\n    {\n        \"Id\": \"aaaaaaaaaaaaaaaaaaaa\",\n        \"Names\": \"web\"\n    "
            "}\n]\n");
  EXPECT_EQ(cli::format_rows("{{json .}}", listing),
            "{\"Id\":\"aaaaaaaaaaaaaaaaaaaa\",\"Names\":\"web\"}\n");
}

TEST(Format, PrintsObjects) {
  const base::Json::Array objects = {base::Json::object({{"Id", "x"}})};

  EXPECT_EQ(cli::format_objects("", objects), "[\n    {\n        \"Id\": \"x\"\n    }\n]\n");
  EXPECT_EQ(cli::format_objects("{{.Id}}", objects), "x\n");
  EXPECT_EQ(cli::format_objects("json", {}), "[]\n");
  EXPECT_EQ(cli::format_object("{{.Id}}", objects[0]), "x\n");
  EXPECT_THROW(cli::format_objects("{{.Nothing}}", objects), base::Error);
}

TEST(Format, PrintsYaml) {
  const base::Json object = base::Json::parse(
      R"json({"host": {"arch": "amd64", "ids": [{"a": 1, "b": "x: y"}, {"a": 2, "b": ""}],
          "none": [], "empty": {}, "version": "12", "null": null, "f()": 1}, "list": ["a", "b"]})json");

  EXPECT_EQ(cli::format_yaml(object),
            "host:\n"
            "  arch: amd64\n"
            "  ids:\n"
            "  - a: 1\n"
            "    b: \"x: y\"\n"
            "  - a: 2\n"
            "    b: \"\"\n"
            "  none: []\n"
            "  empty: {}\n"
            "  version: \"12\"\n"
            "  null: null\n"
            "list:\n"
            "- a\n"
            "- b\n");
}

}  // namespace
