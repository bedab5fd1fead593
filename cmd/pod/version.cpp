#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/info_engine.hpp"

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

  const base::Json client = version_section();
  if (!format.empty()) {
    base::Json both = base::Json::object({{"Client", client}});
    both["Server()"] = client;
    for (const auto& [name, value] : client.as_object())
      both[name.ends_with("()") ? name : name + "()"] = value;
    cli::print(cli::format_object(format, both));
    return 0;
  }
  cli::print(fmt::format("Client:       pod\nVersion:      {}\nOS/Arch:      {}\n", POD_VERSION,
                         client.at("OsArch").as_string()));
  return 0;
}

}  // namespace pod
