#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/listing.hpp"
#include "cmd/pod/selection.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/base/text.hpp"

#include <fmt/core.h>

namespace pod {
namespace {

// "80/tcp -> 0.0.0.0:8080" for each published port; only the address when one port was asked for.
std::string describe(const std::vector<network::PortMapping>& ports, const std::string& wanted,
                     const std::string& prefix) {
  std::string text;
  for (const network::PortMapping& port : ports) {
    for (std::uint32_t i = 0; i < port.range; ++i) {
      const std::string inside = fmt::format("{}/{}", port.container_port + i, port.protocol);
      const std::string outside =
          fmt::format("{}:{}", port.host_ip.empty() ? "0.0.0.0" : port.host_ip, port.host_port + i);
      if (wanted.empty()) text += prefix + inside + " -> " + outside + "\n";
      if (wanted == inside) text += prefix + outside + "\n";
    }
  }
  return text;
}

}  // namespace

int port(Arguments arguments) {
  std::vector<std::string> words;
  ContainerSelection selection;

  cli::Options options("Show the published ports of containers");
  options.flag("-a,--all", selection.all, "Of all that run, with their ids")
      .flag("-l,--latest", selection.latest, "Of the newest container")
      .rest("CONTAINER PORT", words);
  options.parse(arguments);
  selection.running_only = true;
  const bool is_named = !selection.all && !selection.latest && !words.empty();
  if (is_named) {
    selection.names = {words.front()};
    words.erase(words.begin());
  }
  std::string wanted = words.empty() ? "" : words.front();
  if (!wanted.empty() && wanted.find('/') == std::string::npos) wanted += "/tcp";

  const bool is_one = !selection.all;
  const home::Home home = home::Home::open();
  Outcome outcome(arguments.command);
  for (const auto& [typed, container] : selection.choose(home, outcome)) {
    const std::string prefix = selection.all ? base::short_id(container.id) + "\t" : "";
    const std::string text = describe(ports_of(home, container), wanted, prefix);
    if (is_one && !wanted.empty() && text.empty()) throw base::Error(wanted + ": not published");
    cli::print(text);
  }
  return outcome.status();
}

}  // namespace pod
