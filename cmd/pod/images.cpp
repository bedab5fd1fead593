#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/image_rows.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/images/catalog.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>

namespace pod {
namespace {

struct ImagesFlags {
  bool all = false;
  bool quiet = false;
  bool digests = false;
  bool history = false;
  bool no_heading = false;
  std::string format;
  std::string sort = "created";
  std::vector<std::string> filters;
  std::optional<std::string> name;
  bool whole = false;

  void declare(cli::Options& options) {
    options.flag("-a,--all", all, "Intermediate ones as well")
        .flag("--digests", digests, "Show their digests")
        .values("-f,--filter", filters, "Those that fit KEY=VALUE")
        .value("--format", format, "json, or a Go template")
        .flag("--history", history, "Show the names they have had")
        .flag("--no-trunc", whole, "Show ids in full")
        .flag("-n,--noheading", no_heading, "Leave out the headings")
        .flag("-q,--quiet", quiet, "Show ids only")
        .value("--sort", sort, "created, id, repository, size, tag")
        .argument("NAME", name);
  }

  std::string table(bool has_read_only) const {
    return std::string("table {{.Repository}}\t{{.Tag}}\t") + (digests ? "{{.Digest}}\t" : "") +
           "{{.ID}}\t{{.CreatedSince}}\t{{.Size}}" + (history ? "\t{{.History}}" : "") +
           (has_read_only ? "\t{{.ReadOnly}}" : "");
  }
};

void sort_rows(base::Json::Array& rows, const std::string& key) {
  static const std::map<std::string, const char*> kFields = {
      {"created", "Created"}, {"id", "Id"},     {"repository", "Repository()"},
      {"size", "Size"},       {"tag", "Tag()"},
  };
  const auto field = kFields.find(key);
  if (field == kFields.end()) {
    throw base::Error("--sort: " + key + ": not one of created, id, repository, size, tag");
  }
  const bool newest_first = key == "created";
  std::stable_sort(rows.begin(), rows.end(), [&](const base::Json& a, const base::Json& b) {
    const base::Json& left = a.at(field->second);
    const base::Json& right = b.at(field->second);
    if (newest_first) return right.as_integer() < left.as_integer();
    if (left.is_integer()) return left.as_integer() < right.as_integer();
    return left.as_string() < right.as_string();
  });
}

// "containers=true": images that containers were made of.
std::optional<bool> take_containers_filter(std::vector<std::string>& filters) {
  std::optional<bool> wanted;
  std::erase_if(filters, [&](const std::string& filter) {
    const auto [key, value] = base::split_once(filter, '=');
    if (key != "containers") return false;
    // Containers that are not ours (external) are never made of our images.
    wanted = value == "external" ? false : base::parse_bool(value.value_or(""));
    if (!wanted) throw base::Error("filter " + filter + ": expected true, false or external");
    return true;
  });
  return wanted;
}

// Ids go into other commands, each once.
std::string ids_of(const base::Json::Array& rows) {
  std::string text;
  std::set<std::string> seen;
  for (const base::Json& row : rows) {
    const std::string& id = row.at("ID()").as_string();
    if (seen.insert(id).second) text += id + "\n";
  }
  return text;
}

}  // namespace

int images(Arguments arguments) {
  ImagesFlags flags;
  cli::Options options("List images");
  flags.declare(options);
  options.parse(arguments);
  if (flags.name) flags.filters.push_back("reference=" + *flags.name);

  const home::Home home = home::Home::open();
  const std::optional<bool> is_used = take_containers_filter(flags.filters);
  std::vector<storage::Image> found = images::list(home, flags.filters);
  if (is_used) keep_used(home, found, *is_used);
  cli::Listing listing;
  listing.headings = {{"ID", "IMAGE ID"}, {"CreatedSince", "CREATED"}, {"ReadOnly", "R/O"}};
  listing.has_heading = !flags.no_heading;
  if (flags.format == "json" && !flags.quiet) {
    listing.rows = image_objects(home, found);
  } else {
    listing.rows = image_rows(home, found, flags.whole);
    sort_rows(listing.rows, flags.sort);
  }
  const bool has_read_only =
      std::ranges::any_of(found, [](const storage::Image& image) { return !image.store.empty(); });
  const std::string format = flags.format.empty() ? flags.table(has_read_only) : flags.format;
  cli::print(flags.quiet ? ids_of(listing.rows) : cli::format_rows(format, listing));
  return 0;
}

}  // namespace pod
