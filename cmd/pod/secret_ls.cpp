#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/listing.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/containers/filter.hpp"
#include "storage/secret_store.hpp"

#include <map>

namespace pod {
namespace {

using Filters = std::map<std::string, std::vector<std::string>>;

Filters parse(const std::vector<std::string>& texts) {
  Filters filters;
  for (const std::string& text : texts) {
    const auto [key, value] = base::split_once(text, '=');
    if (!value) throw base::Error("filter " + text + ": not of the form KEY=VALUE");
    if (key != "name" && key != "id") {
      throw base::Error("filter " + key + ": unknown key; there are id and name");
    }
    filters[key].push_back(*value);
  }
  return filters;
}

// Of the values of a key one has to fit; a name by a regular expression, an id by its beginning.
bool fits(const storage::Secret& secret, const Filters& filters) {
  for (const auto& [key, values] : filters) {
    bool is_fit = false;
    for (const std::string& value : values)
      is_fit = is_fit || (key == "id" ? secret.id.starts_with(value)
                                      : containers::matches_expression(secret.name, value));
    if (!is_fit) return false;
  }
  return true;
}

base::Json row_of(const storage::Secret& secret) {
  return base::Json::object({{"ID", secret.id},
                             {"Name", secret.name},
                             {"Driver", "file"},
                             {"CreatedAt", ago(secret.created)},
                             {"UpdatedAt", ago(secret.created)}});
}

}  // namespace

int secret_ls(Arguments arguments) {
  std::vector<std::string> filters;
  std::string format;
  bool no_heading = false;
  bool quiet = false;

  cli::Options options("List secrets");
  options.values("-f,--filter", filters, "Those that fit KEY=VALUE: id, name")
      .value("--format", format, "json, or a Go template")
      .flag("-n,--noheading", no_heading, "Leave out the headings")
      .flag("-q,--quiet", quiet, "Show ids only");
  options.parse(arguments);
  if (quiet && !format.empty()) throw base::Error("--quiet and --format do not go together");

  const Filters wanted = parse(filters);
  cli::Listing listing;
  listing.headings = {{"CreatedAt", "CREATED"}, {"UpdatedAt", "UPDATED"}};
  listing.has_heading = !no_heading;
  for (const auto& secret : storage::SecretStore(storage::Layout(home::Home::open())).list()) {
    if (fits(secret, wanted)) listing.rows.push_back(row_of(secret));
  }
  if (quiet) format = "{{.ID}}";
  if (format.empty()) {
    format = "table {{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.CreatedAt}}\t{{.UpdatedAt}}";
  }
  cli::print(cli::format_rows(format, listing));
  return 0;
}

}  // namespace pod
