#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "pkg/base/error.hpp"

namespace pod {
namespace {

using base::Json;

// There is this host, always.
Json this_host() {
  return Json::object({{"Name", "default"},
                       {"URI", "local"},
                       {"Identity", ""},
                       {"IsMachine", false},
                       {"Default", true},
                       {"ReadWrite", false},
                       {"Description()", "Containers of this user on this host"},
                       {"DockerEndpoint()", ""},
                       {"Current()", true}});
}

}  // namespace

// docker's `context` and podman's `system connection`: scripts ask where containers run.
int connection(Arguments arguments) {
  std::vector<std::string> words;
  std::string format = "table {{.Name}}\t{{.URI}}\t{{.Identity}}\t{{.Default}}";
  bool quiet = false;

  cli::Options options("Show where containers run: on this host");
  options.value("-f,--format", format, "json, or a Go template")
      .flag("-q,--quiet", quiet, "Show the name only")
      .rest("ACTION", words);
  options.parse(arguments);
  const std::string action = words.empty() ? "ls" : words.front();
  if (action == "show") {
    cli::print("default\n");
  } else if (action == "use" && words.size() == 2 && words[1] == "default") {
    cli::print("default\n");
  } else if (action == "inspect") {
    cli::print(cli::format_objects("", {this_host()}));
  } else if (action == "ls" || action == "list") {
    cli::Listing listing;
    listing.rows = {this_host()};
    listing.headings = {{"URI", "URI"}};
    cli::print(cli::format_rows(quiet ? "{{.Name}}" : format, listing));
  } else {
    throw base::Error(action +
                      ": containers run on this host only; there is no other to connect to");
  }
  return 0;
}

}  // namespace pod
