#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "pkg/oci/platform.hpp"

#include <fmt/core.h>

namespace pod {

int version(Arguments arguments) {
  bool is_short = false;
  std::string format;

  cli::Options options("Show the version");
  options.value("-f,--format", format, "json, or a Go template")
      .flag("--short", is_short, "")
      .hidden();
  options.parse(arguments);
  if (is_short) {
    cli::print("pod version " POD_VERSION "\n");
    return 0;
  }

  const oci::Platform host = oci::Platform::host();
  const std::string platform = host.os + "/" + host.architecture;
  if (!format.empty()) {
    const base::Json client = base::Json::object({{"Version", POD_VERSION},
                                                  {"APIVersion", POD_VERSION},
                                                  {"Os", host.os},
                                                  {"OsArch", platform}});
    base::Json both = base::Json::object({{"Client", client}});
    if (format != "json") both["Server"] = base::Json();
    cli::print(cli::format_object(format, both));
    return 0;
  }
  cli::print(fmt::format("Client:       pod\nVersion:      {}\nOS/Arch:      {}\n", POD_VERSION,
                         platform));
  return 0;
}

}  // namespace pod
