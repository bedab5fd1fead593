#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/zero_fields.hpp"
#include "pkg/base/error.hpp"
#include "pkg/containers/volume_catalog.hpp"

namespace pod {

int volume_ls(Arguments arguments) {
  std::vector<std::string> filters;
  std::string format;
  bool no_heading = false;
  bool quiet = false;

  cli::Options options("List volumes");
  options.values("-f,--filter", filters, "Those that fit KEY=VALUE")
      .value("--format", format, "json, or a Go template")
      .flag("-n,--noheading", no_heading, "Leave out the headings")
      .flag("-q,--quiet", quiet, "Show names only");
  options.parse(arguments);
  if (quiet && !format.empty()) throw base::Error("--quiet and --format do not go together");

  const home::Home home = home::Home::open();
  cli::Listing listing;
  listing.headings = {{"Name", "VOLUME NAME"}};
  listing.has_heading = !no_heading;
  listing.rows = containers::inspect_volumes(home, containers::select_volumes(home, filters));
  for (base::Json& row : listing.rows)
    add_volume_zeros(row);
  if (quiet) format = "{{.Name}}";
  cli::print(cli::format_rows(format.empty() ? "table {{.Driver}}\t{{.Name}}" : format, listing));
  return 0;
}

}  // namespace pod
