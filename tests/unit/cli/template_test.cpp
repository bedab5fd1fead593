#include "cmd/cli/template.hpp"

#include "pkg/base/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using testing::ElementsAre;

const base::Json& container() {
  static const base::Json kContainer = base::Json::parse(R"json({
    "Id": "0123456789abcdef",
    "Names": ["web", "alias"],
    "State": {"Status": "running", "Running": true, "ExitCode": 0, "Health": null},
    "Config": {"Env": ["A=1", "B=<2>"], "Labels": {"app": "shop", "tier": "front"}, "Cpus": 1.5},
    "NetworkSettings": {
      "Networks": {"b": {"IPAddress": "10.0.0.2"}, "a": {"IPAddress": "10.0.0.1"}},
      "Ports": {"80/tcp": [{"HostIp": "", "HostPort": "8080"}], "53/udp": null}
    },
    "Mounts": [],
    "Pid": 42,
    "Status()": "Up 2 minutes",
    "Label()": {
  "app" : "shop"}
  })json");
  return kContainer;
}

std::string render(std::string_view text) {
  return cli::Template::parse(text).render(container());
}

struct Case {
  const char* text;
  const char* result;
};

void expect_all(std::initializer_list<Case> cases) {
  for (const auto& [text, result] : cases)
    EXPECT_EQ(render(text), result) << text;
}

std::string error_of(std::string_view text) {
  try {
    return "no error: " + render(text);
  } catch (const base::Error& error) {
    return error.what();
  }
}

TEST(Template, ShowsFields) {
  expect_all({
      {"plain", "plain"},
      {"", ""},
      {"{{.Id}}", "0123456789abcdef"},
      {"{{ .Id }} {{.Pid}}", "0123456789abcdef 42"},
      {"{{.State.Status}}", "running"},
      {"{{.State.Running}} {{.State.ExitCode}}", "true 0"},
      {"{{.Config.Cpus}}", "1.5"},
      {"{{.Names}}", "[web alias]"},
      {"{{.Config.Labels}}", "map[app:shop tier:front]"},
      {"{{.Mounts}}", "[]"},
      {"{{$.Pid}}", "42"},
  });
}

TEST(Template, FindsGoNamesOfFieldsWhateverTheirLetters) {
  expect_all({{"{{.ID}}", "0123456789abcdef"}, {"{{.state.STATUS}}", "running"}});
}

TEST(Template, FindsMethodsFirst) {
  expect_all({
      {"{{.Status}}", "Up 2 minutes"},
      {R"({{.Label "app"}})", "shop"},
      {R"({{.Label "nothing"}})", ""},
      {R"({{"app" | .Label}})", "shop"},
  });
}

TEST(Template, GivesNoValueForKeysThatAMapLacks) {
  expect_all({
      {"{{.Config.Labels.nothing}}", "<no value>"},
      {R"({{index .Config.Labels "nothing"}})", ""},
      {R"({{if .Config.Labels.nothing}}yes{{else}}no{{end}})", "no"},
  });
}

TEST(Template, TrimsBlankAroundActions) {
  expect_all({
      {"a  {{- .Pid -}}  b", "a42b"},
      {"a {{/* said aside */}} b", "a  b"},
      {"a {{- /* said aside */ -}} b", "ab"},
      {"{{-1}}", "-1"},
  });
}

TEST(Template, TakesTabsAndLineEndsTypedAsTwoCharacters) {
  expect_all({
      {R"(a\tb\n)", "a\tb\n"},
      {R"({{print "a\tb"}})", "a\tb"},
      {R"({{print `a\tb`}})", "a\\tb"},
      {R"(a\\x)", "a\\\\x"},
  });
}

TEST(Template, Branches) {
  expect_all({
      {"{{if .State.Running}}up{{end}}", "up"},
      {"{{if .Mounts}}some{{else}}none{{end}}", "none"},
      {"{{if .Mounts}}a{{else if .Pid}}b{{else}}c{{end}}", "b"},
      {"{{if not .Pid}}a{{end}}", ""},
      {"{{if and .Pid .Names}}a{{end}}", "a"},
      {"{{if or .Mounts .Pid}}a{{end}}", "a"},
      {"{{with .State}}{{.Status}}{{end}}", "running"},
      {"{{with .State.Health}}{{.Status}}{{else}}unknown{{end}}", "unknown"},
      {"{{with $x := .Pid}}{{$x}}{{.}}{{end}}", "4242"},
  });
}

TEST(Template, Ranges) {
  expect_all({
      {"{{range .Names}}{{.}},{{end}}", "web,alias,"},
      {"{{range .Mounts}}x{{else}}none{{end}}", "none"},
      {"{{range $i, $name := .Names}}{{$i}}={{$name}} {{end}}", "0=web 1=alias "},
      {"{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}", "10.0.0.1 10.0.0.2 "},
      {"{{range $k, $v := .Config.Labels}}{{$k}}:{{$v}};{{end}}", "app:shop;tier:front;"},
      {"{{range .Names}}{{$.Pid}}{{end}}", "4242"},
      {"{{range .Names}}{{if eq . \"alias\"}}{{break}}{{end}}{{.}}{{end}}", "web"},
      {"{{range .Names}}{{if eq . \"web\"}}{{continue}}{{end}}{{.}}{{end}}", "alias"},
      {"{{range $p, $b := .NetworkSettings.Ports}}{{$p}}{{range $b}}>{{.HostPort}}{{end}} {{end}}",
       "53/udp 80/tcp>8080 "},
  });
}

TEST(Template, KeepsVariables) {
  expect_all({
      {"{{$x := .Pid}}{{$x}}", "42"},
      {"{{$x := 1}}{{range .Names}}{{$x = .}}{{end}}{{$x}}", "alias"},
      {"{{$x := .State}}{{$x.Status}}", "running"},
      {"{{$x := 1}}{{if .Pid}}{{$x := 2}}{{end}}{{$x}}", "1"},
  });
}

TEST(Template, Indexes) {
  expect_all({
      {R"({{(index (index .NetworkSettings.Ports "80/tcp") 0).HostPort}})", "8080"},
      {R"({{index .NetworkSettings.Ports "80/tcp" 0 "HostPort"}})", "8080"},
      {"{{index .Names 1}}", "alias"},
      {R"({{index .Config.Labels "app"}})", "shop"},
      {"{{slice .Id 0 4}} {{slice .Names 1}}", "0123 [alias]"},
      {"{{len .Names}} {{len .Id}} {{len .Mounts}} {{len .Config.Labels}}", "2 16 0 2"},
  });
}

TEST(Template, Compares) {
  expect_all({
      {R"({{eq .State.Status "running"}})", "true"},
      {R"({{eq .State.Status "exited" "running"}})", "true"},
      {R"({{ne .State.Status "running"}})", "false"},
      {"{{lt .Pid 43}} {{le .Pid 42}} {{gt .Pid 42}} {{ge .Pid 42}}", "true true false true"},
      {"{{eq .Pid 42}} {{lt 1.5 .Pid}}", "true true"},
      {R"({{lt "a" "b"}})", "true"},
      {"{{eq .State.Running true}}", "true"},
  });
}

TEST(Template, CallsFunctionsAndPipes) {
  expect_all({
      {"{{json .Names}}", R"(["web","alias"])"},
      {"{{.Config.Env | json}}", R"(["A=1","B=<2>"])"},
      {"{{json .State}}", R"({"Status":"running","Running":true,"ExitCode":0,"Health":null})"},
      {R"({{join .Names ", "}})", "web, alias"},
      {R"({{range split "a:b" ":"}}<{{.}}>{{end}})", "<a><b>"},
      {"{{.State.Status | upper}} {{upper .State.Status | lower}}", "RUNNING running"},
      {R"({{title "two words"}})", "Two Words"},
      {R"({{pad "x" 1 2}}|{{truncate .Id 4}})", " x  |0123"},
      {R"({{println "a" 1}})", "a 1\n"},
      {R"({{print "a" 1 2}})", "a1 2"},
      {R"({{printf "%s-%d" .State.Status .Pid}})", "running-42"},
      {R"({{printf "%-6s|%6s|%04d|%.2f|%q|%v|%t|%%" "a" "b" 7 1.5 "c" .Names true}})",
       "a     |     b|0007|1.50|\"c\"|[web alias]|true|%"},
      {R"({{printf "%x %d"  255}})", "ff %!d(MISSING)"},
      {R"({{"a" | printf "%s%s" "b"}})", "ba"},
      {"{{and 1 0}} {{or 0 2}} {{and 1 2}}", "0 2 2"},
  });
}

TEST(Template, PrintsAnObjectAsJsonWithoutItsMethods) {
  EXPECT_EQ(render("{{json .}}"), cli::without_methods(container()).dump());
  EXPECT_EQ(render("{{json .}}").find("()"), std::string::npos);
}

TEST(Template, SaysWhatIsWrong) {
  EXPECT_THAT(error_of("{{.Nme}}"), testing::StartsWith("template: .Nme: no such field"));
  EXPECT_THAT(error_of("{{.State.Nothing}}"), testing::HasSubstr("no such field"));
  EXPECT_EQ(error_of("{{.Pid.Nothing}}"), "template: .Nothing: 42 has no fields");
  EXPECT_EQ(error_of("{{nofunc .Pid}}"), "template: nofunc: unknown function");
  EXPECT_EQ(error_of("{{.Pid"), "template: {{ is not closed");
  EXPECT_EQ(error_of("{{if .Pid}}"), "template: a block has no end");
  EXPECT_EQ(error_of("{{end}}"), "template: an end or else without its beginning");
  EXPECT_EQ(error_of("{{index .Names 9}}"), "template: index out of range: 9");
  EXPECT_EQ(error_of("{{$y}}"), "template: $y: unknown variable");
  EXPECT_EQ(error_of(R"({{eq .Pid "42"}})"), "template: incompatible types for comparison");
  EXPECT_EQ(error_of("{{}}"), "template: a value is missing");
  EXPECT_EQ(error_of("{{(.Pid}}"), "template: ( is not closed");
  EXPECT_EQ(error_of("{{\"a}}"), "template: {{ is not closed");
  EXPECT_EQ(error_of("{{.Pid | 3}}"), "template: a value cannot take what is piped into it");
  EXPECT_EQ(error_of("{{lt 1}}"), "template: lt: wrong number of arguments: 1");
  EXPECT_EQ(error_of("{{if}}x{{end}}"), "template: a value is missing");
  EXPECT_EQ(error_of("{{range .Pid}}{{end}}"), "template: range over 42");
}

TEST(Template, BoundsItsDepth) {
  const std::string deep = "{{" + std::string(100, '(') + "1" + std::string(100, ')') + "}}";

  EXPECT_THAT(error_of(deep), testing::HasSubstr("too many parentheses"));
}

TEST(Template, NamesTheFieldsOfItsData) {
  const auto fields = [](const char* text) { return cli::Template::parse(text).fields(); };

  EXPECT_THAT(fields("{{.ID}} {{.Names | upper}} {{.ID}} {{json .State.Pid}}"),
              ElementsAre("ID", "Names", "State"));
  EXPECT_THAT(fields("{{range .Mounts}}{{.Source}}{{end}}"), ElementsAre("Mounts"));
}

}  // namespace
