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

TEST(Template, SaysWhatIsWrongAndWhere) {
  const std::pair<const char*, const char*> cases[] = {
      {"{{nofunc .Pid}}", "template: 1:2: function \"nofunc\" not defined"},
      {"{{.Pid", "template: 1:6: unclosed action"},
      {"{{if .Pid}}", "template: 1:11: unexpected EOF: an {{end}} is missing"},
      {"a\n {{end}}", "template: 2:3: unexpected {{end}}"},
      {"{{$y}}", "template: 1:2: undefined variable \"$y\""},
      {"{{}}", "template: 1:2: missing value for command"},
      {"{{if}}x{{end}}", "template: 1:2: missing value for if"},
      {"{{(.Pid}}", "template: 1:2: unclosed left paren"},
      {"{{\"a}}", "template: 1:6: unterminated quoted string"},
      {"{{.Pid | 3}}", "template: 1:2: non executable command in pipeline stage 2"},
      {"{{break}}", "template: 1:2: {{break}} outside {{range}}"},
      {"{{/* x}}", "template: 1:2: unclosed comment"},
      {"{{print\"a\"}}", "template: 1:7: bad character '\"'"},
      {"{{template \"x\"}}", "template: 1:2: template \"x\" not defined"},
      {"{{.Pid.Nothing}}",
       "template: 1:2: at <.Pid.Nothing>: can't evaluate field Nothing in type int"},
      {"{{index .Names 9}}",
       "template: 1:2: at <index>: error calling index: index out of range: 9"},
      {R"({{eq .Pid "42"}})",
       "template: 1:2: at <eq>: error calling eq: incompatible types for comparison"},
      {"{{lt 1}}", "template: 1:2: at <lt>: wrong number of args for lt: want 2 got 1"},
      {"{{and}}", "template: 1:2: at <and>: wrong number of args for and: want at least 1 got 0"},
      {"{{1 2}}", "template: 1:2: at <1>: can't give argument to non-function"},
      {"{{nil}}", "template: 1:2: at <nil>: nil is not a command"},
      {"{{range .Id}}{{end}}", "template: 1:2: range can't iterate over 0123456789abcdef"},
      {"{{call .Id}}", "template: 1:2: at <call>: error calling call: non-function of type string"},
      {"{{lower .Pid}}",
       "template: 1:2: at <lower>: error calling lower: wrong type for value; expected string; got "
       "int"},
  };
  for (const auto& [text, message] : cases)
    EXPECT_EQ(error_of(text), message) << text;
}

TEST(Template, NamesTheFieldsThereAreWhenOneIsMissing) {
  EXPECT_THAT(
      error_of("{{.Nme}}"),
      testing::StartsWith("template: 1:2: at <.Nme>: can't evaluate field Nme in type struct; "
                          "there are Id, Names, "));
  EXPECT_THAT(error_of("{{.State.Nothing}}"), testing::HasSubstr("field Nothing in type State"));
}

TEST(Template, PrintsAsGoDoes) {
  expect_all({
      {"{{.State}}", "{running true 0 <nil>}"},
      {R"({{printf "%+v" .State}})", "{Status:running Running:true ExitCode:0 Health:<nil>}"},
      {"{{.NetworkSettings.Ports}}", "map[53/udp:[] 80/tcp:[{ 8080}]]"},
      {R"({{printf "%#v %#v" .Names .Config.Labels}})",
       R"([]string{"web", "alias"} map[string]string{"app":"shop", "tier":"front"})"},
      {R"({{printf "%T %T %T %T" .Id .Pid .State.Running .Names}})", "string int bool []string"},
      {"{{.Config.Labels.nothing.deep}}", "<no value>"},
      {R"({{print .Config.Labels.nothing}} {{index .NetworkSettings.Ports "1/tcp"}})", "<nil> []"},
      {"{{1e9}} {{1e3}} {{0.00001}} {{1_000}} {{0x1F}} {{010}} {{'a'}}",
       "1e+09 1000 1e-05 1000 31 8 97"},
  });
}

TEST(Template, FormatsAsGoDoes) {
  expect_all({
      {R"({{printf "%d|%s|%t" "a" 1 "b"}})", "%!d(string=a)|%!s(int=1)|%!t(string=b)"},
      {R"({{printf "%d" 1 2}})", "1%!(EXTRA int=2)"},
      {R"({{printf "%d" .Names}})", "[%!d(string=web) %!d(string=alias)]"},
      {R"({{printf "%q" .Names}})", R"(["web" "alias"])"},
      {R"({{printf "%5d|%-5d|%05d|%+d|%x|%X|%#x|%o|%b|%c|%U" 42 42 -42 42 255 255 255 8 5 65 65}})",
       "   42|42   |-0042|+42|ff|FF|0xff|10|101|A|U+0041"},
      {R"({{printf "%8.3f|%e|%g|%6.2f" 1.5 1.5 1.5 2.0}})", "   1.500|1.500000e+00|1.5|  2.00"},
      {R"({{printf "%.2s|%5s|%-5s|%x|% x|%q" "héllo" "é" "é" "ab" "ab" "a\n"}})",
       R"(hé|    é|é    |6162|61 62|"a\n")"},
      {R"({{printf "%*d|%[2]v %[1]v|%[9]d" 5 42}})", "   42|42 5|%!d(BADINDEX)"},
      {R"({{printf "%z %"  1}})", "%!z(int=1) %!(NOVERB)"},
      {R"({{printf "%v %s" nil .Config.Labels.nothing}})", "<nil> %!s(<nil>)"},
      {R"({{printf "%99999999999d" 1}})", "%!(NOVERB)%!(EXTRA int=1)"},
  });
}

TEST(Template, KnowsTimes) {
  const base::Json data = base::Json::parse(
      R"json({"Created": "2026-05-09T20:08:03.120Z", "StartedAt": "0001-01-01T00:00:00Z"})json");
  const Case cases[] = {
      {"{{.Created}}", "2026-05-09 20:08:03.12 +0000 UTC"},
      {"{{.StartedAt}} {{.StartedAt.IsZero}}", "0001-01-01 00:00:00 +0000 UTC true"},
      {"{{json .Created}}", R"("2026-05-09T20:08:03.120Z")"},
      {"{{.Created.Unix}} {{.Created.UnixNano}} {{.Created.Year}} {{.Created.Month}}",
       "1778357283 1778357283120000000 2026 May"},
      {R"({{.Created.Format "2006-01-02T15:04:05Z07:00"}})", "2026-05-09T20:08:03Z"},
      {R"({{.Created.Format "Mon Jan _2 3:04PM 06 .000"}})", "Sat May  9 8:08PM 26 .120"},
      {R"({{.Created.UTC.Format "Monday, January 2"}})", "Saturday, May 9"},
  };

  for (const auto& [text, result] : cases)
    EXPECT_EQ(cli::Template::parse(text).render(data), result) << text;
}

TEST(Template, FindsFieldsWhoseJsonHasUnderscores) {
  const base::Json data = base::Json::parse(R"json({"created_by": "x", "registries": {}})json");

  EXPECT_EQ(cli::Template::parse("{{.CreatedBy}} {{.Registries}}").render(data), "x map[]");
}

TEST(Template, EscapesForOtherLanguages) {
  expect_all({
      {R"({{html "<a> & 'b'"}})", "&lt;a&gt; &amp; &#39;b&#39;"},
      {R"({{js "it's <b>\n"}})", R"(it\'s \u003Cb\u003E\u000A)"},
      {R"({{urlquery "a b/ü"}})", "a+b%2F%C3%BC"},
  });
}

TEST(Template, ReadsConstantsAsGoDoes) {
  expect_all({
      {R"({{"\x41\101\u00e9\t\"\\"}})", "AA\u00e9\t\"\\"},
      {"{{`raw\\n`}}", "raw\\n"},
      {R"({{'\n'}} {{'é'}} {{'\''}})", "10 233 39"},
      {"{{-.5}} {{+5}} {{0b11}} {{1.5e3}}", "-0.5 5 3 1500"},
  });
}

TEST(Template, DefinesTemplatesInside) {
  expect_all({
      {R"({{define "t"}}<{{.}}>{{end}}{{range .Names}}{{template "t" .}}{{end}})", "<web><alias>"},
      {R"({{block "b" .Pid}}{{.}}{{end}}{{template "b" 1}})", "421"},
      {R"({{define "t"}}{{$}}{{end}}{{$x := 1}}{{template "t" 2}}{{$x}})", "21"},
      {R"({{define "t"}}{{.}}{{end}}{{template "t"}})", "<no value>"},
  });
}

TEST(Template, CountsAndChains) {
  expect_all({
      {"{{range 3}}{{.}}{{end}}{{range $i := 2}}{{$i}}{{end}}{{range 0}}x{{else}}none{{end}}",
       "01201none"},
      {"{{with .Mounts}}a{{else with .Pid}}{{.}}{{else}}c{{end}}", "42"},
      {"{{range $i, $v := .Names}}{{$i}}{{else}}{{end}}{{$v := 5}}{{range $v = "
       ".Names}}{{end}}{{$v}}",
       "01alias"},
  });
}

TEST(Template, LooksAtNoMoreArgumentsThanItNeeds) {
  expect_all({
      {"{{or 1 .Nothing}} {{and 0 .Nothing}}", "1 0"},
      {R"({{if and .Mounts (index .Mounts 0)}}a{{else}}b{{end}})", "b"},
  });
}

// However a template is written, it ends, and in bounded memory.
TEST(Template, HasBounds) {
  const std::string deep = "{{" + std::string(200, '(') + "1" + std::string(200, ')') + "}}";
  std::string blocks;
  for (int i = 0; i < 200; ++i)
    blocks += "{{if 1}}";

  EXPECT_THAT(error_of(deep), testing::HasSubstr("too many parentheses"));
  EXPECT_THAT(error_of(blocks), testing::HasSubstr("too many blocks"));
  EXPECT_THAT(error_of(R"({{define "t"}}{{template "t" .}}{{end}}{{template "t" .}})"),
              testing::HasSubstr("exceeded maximum depth"));
  EXPECT_THAT(error_of("{{range 9223372036854775807}}{{end}}"), testing::HasSubstr("steps"));
  EXPECT_THAT(error_of(R"({{range 100000}}{{printf "%1000000d" 1}}{{end}})"),
              testing::HasSubstr("more than 64 MiB"));
  EXPECT_THAT(error_of(R"({{$x := "ab"}}{{range 100}}{{$x = print $x $x}}{{end}})"),
              testing::HasSubstr("more than 64 MiB"));
}

TEST(Template, NamesTheFieldsOfItsData) {
  const auto fields = [](const char* text) { return cli::Template::parse(text).fields(); };

  EXPECT_THAT(fields("{{.ID}} {{.Names | upper}} {{.ID}} {{json .State.Pid}}"),
              ElementsAre("ID", "Names", "State"));
  EXPECT_THAT(fields("{{range .Mounts}}{{.Source}}{{end}}"), ElementsAre("Mounts"));
}

}  // namespace
