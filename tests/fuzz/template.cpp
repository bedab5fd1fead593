#include "cmd/cli/template.hpp"

#include "pkg/base/error.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

// Something of every kind that a template can meet.
const base::Json& container() {
  static const base::Json kContainer = base::Json::parse(R"json({
    "Id": "0123456789abcdef", "Names": ["web", "alias"], "Pid": 42, "Created": "2026-05-09T20:08:03.12Z",
    "State": {"Status": "running", "Running": true, "ExitCode": 0, "Health": null},
    "Config": {"Env": ["A=1"], "Labels": {"app": "shop"}, "Cpus": 1.5, "Cmd": null},
    "Networks": {"b": {"IPAddress": "10.0.0.2"}, "a": {"IPAddress": "10.0.0.1"}},
    "Ports": {"80/tcp": [{"HostIp": "", "HostPort": "8080"}], "53/udp": null},
    "Large": 18446744073709551615, "Least": -9223372036854775808, "Mounts": [], "Status()": "Up",
    "Label()": {"app": "shop"}})json");
  return kContainer;
}

}  // namespace

// Whatever the text is: there is an end, and what is wrong is said of the template.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(bytes, bytes + size);
  try {
    const cli::Template parsed = cli::Template::parse(text);
    (void)parsed.fields();
    (void)parsed.render(container());
  } catch (const base::Error& error) {
    if (!std::string_view(error.what()).starts_with("template: ")) std::abort();
  }
  return 0;
}
