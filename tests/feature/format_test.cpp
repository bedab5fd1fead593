// --format as scripts that were written for the peers use it.
#include "tests/support/home.hpp"

#include <gmock/gmock.h>

#include <regex>

using ::testing::HasSubstr;

namespace {

struct Line {
  std::vector<std::string> command;
  const char* format;
  const char* expected;  // a regular expression
};

}  // namespace

class Formats : public support::Home {
 protected:
  void expect(const std::vector<Line>& lines) {
    for (const Line& line : lines) {
      std::vector<std::string> words = line.command;
      words.insert(words.end(), {"--format", line.format});
      const auto result = pod(words);
      EXPECT_EQ(result.status, 0) << line.format << ": " << result;
      EXPECT_TRUE(std::regex_match(result.out, std::regex(line.expected)))
          << line.format << ": " << result;
    }
  }
};

TEST_F(Formats, ShowInspectedObjects) {
  must({"create", "--name", "web", "--network", "none", "--label", "a.b=c", "-v", "data:/data",
        image(), "probe"});
  const std::vector<std::string> container = {"inspect", "web"};
  const std::vector<std::string> made = {"image", "inspect", image()};
  const std::vector<std::string> volume = {"volume", "inspect", "data"};

  expect({{container, "{{.Created}}", "20[0-9-]{8} [0-9:.]+ [+-][0-9]{4} [A-Z0-9+-]+\n"},
          {container, "{{.Created.Unix}} {{.Created.Format \"2006\"}}", "[0-9]{10} 20[0-9]{2}\n"},
          {container, "{{.State.StartedAt}}", "0001-01-01 00:00:00 \\+0000 UTC\n"},
          {container, "{{json .State.StartedAt}}", "\"0001-01-01T00:00:00Z\"\n"},
          {container, "{{json .Config.Healthcheck}} {{.Config.Healthcheck}}", "null <nil>\n"},
          {container, "{{.SizeRw}} {{.State.Healthcheck.Status}}", "<nil> \n"},
          {container, "{{range .Mounts}}{{.Type}}:{{.Name}}:{{.RW}}{{end}}", "volume:data:true\n"},
          {container, "{{index .Config.Labels \"a.b\"}} {{.Config.Labels.x}}", "c <no value>\n"},
          {container, "{{.HostConfig.LogConfig.Config}} {{.HostConfig.PortBindings}}",
           "map\\[\\] map\\[\\]\n"},
          {container, "table {{.Name}}\\t{{.State.Status}}", "web         created\n"},
          {made, "{{.Config.Entrypoint}}{{.Config.User}}{{.Config.Volumes}}", "\\[\\]map\\[\\]\n"},
          {made, "{{.HealthCheck}} {{json .Config.Healthcheck}}", "<nil> null\n"},
          {volume, "{{.Status}} {{.UID}} {{.Anonymous}}", "map\\[\\] [0-9]+ false\n"}});
}

TEST_F(Formats, ShowLists) {
  must({"create", "--name", "web", "--network", "none", image(), "probe"});
  const std::vector<std::string> list = {"ps", "-a"};

  expect(
      {{list, "{{.Names}}\\n", "web\n"},
       {list, "{{range .}}{{.Names}};{{end}}", "web;\n"},
       {list, "{{.Created.Year}} {{.CreatedAt}}", "(20[0-9]{2}) 20[0-9-]{8} [0-9:.]+ .*\n"},
       {list, "[{{.UTS}}{{.USERNS}}{{.Networks}}]", "\\[.*\\]\n"},
       {list, "table {{.Names}} {{.RunningFor}}", "NAMES       RUNNING FOR\nweb         .*ago\n"},
       {{"version"}, "{{.Version}} {{.Server.Os}}", "[0-9.]+ linux\n"},
       {{"info"}, "{{.Host.OCIRuntime.Name}} {{.Host.LogDriver}}", "pod k8s-file\n"},
       {{"info"}, "{{range .Host.IDMappings.UIDMap}}{{.ContainerID}} {{end}}", "0 .*\n"}});
}

TEST_F(Formats, SayWhatIsWrong) {
  must({"create", "--name", "web", "--network", "none", image(), "probe"});

  const auto unknown = pod({"inspect", "--format", "{{.Nme}}", "web"});
  EXPECT_EQ(unknown.status, 125);
  EXPECT_THAT(unknown.err, HasSubstr("template: 1:2: at <.Nme>: can't evaluate field Nme"));
  const auto function = pod({"ps", "-a", "--format", "{{nme .Names}}"});
  EXPECT_EQ(function.status, 125);
  EXPECT_THAT(function.err, HasSubstr("template: 1:2: function \"nme\" not defined"));
}
