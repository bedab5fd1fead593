#include "pkg/registry/search.hpp"

#include "cmd/cli/format.hpp"
#include "cmd/pod-transfer/command.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/base/text.hpp"
#include "pkg/registry/configuration.hpp"
#include "pkg/sys/process.hpp"

#include <algorithm>
#include <optional>

namespace pod_transfer {
namespace {

constexpr std::size_t kLongestDescription = 44;

struct SearchFlags {
  registry::Access access;
  bool is_compatible = false;
  std::vector<std::string> filters;
  std::string format;
  std::int64_t limit = 0;
  bool lists_tags = false;
  bool whole = false;
  std::string term;
};

void declare(cli::Options& options, SearchFlags& flags) {
  options
      .value("--authfile", flags.access.auth_file, "Credentials file, in place of the usual ones")
      .value("--cert-dir", flags.access.cert_dir, "Folder of the registry's certificates")
      .flag("--compatible", flags.is_compatible, "Show stars, official and automated as well")
      .value("--creds", flags.access.creds, "USER:PASSWORD for the registry")
      .list("-f,--filter", flags.filters, "stars=NUMBER, is-official[=BOOL], is-automated[=BOOL]")
      .value("--format", flags.format, "json, or a Go template")
      .value("--limit", flags.limit, "At most so many of each registry; 25 if 0")
      .flag("--list-tags", flags.lists_tags, "Show the tags of a repository")
      .flag("--no-trunc", flags.whole, "Show descriptions in full")
      .flag("--tls-verify", flags.access.tls_verify, "Insist on HTTPS and its certificates")
      .argument("TERM", flags.term);
}

bool is_wanted(const registry::Hit& hit, const std::string& filter) {
  const auto [key, value] = base::split_once(filter, '=');
  if (key == "stars") {
    const auto stars = base::parse_integer(value.value_or(""));
    if (!stars) throw base::Error("filter " + filter + ": expected stars=NUMBER");
    return hit.stars >= *stars;
  }
  const bool is_official = key == "is-official";
  if (!is_official && key != "is-automated") {
    throw base::Error("filter " + filter + ": not one of stars, is-official, is-automated");
  }
  const auto wanted = base::parse_bool(value.value_or("true"));
  if (!wanted) throw base::Error("filter " + filter + ": expected true or false");
  return (is_official ? hit.is_official : hit.is_automated) == *wanted;
}

std::string one_line(std::string text, bool whole) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  if (whole || text.size() <= kLongestDescription) return text;
  std::size_t end = kLongestDescription;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
    --end;
  return text.substr(0, end) + "...";
}

base::Json row_of(const registry::Hit& hit, const std::string& registry, bool whole) {
  return base::Json::object({{"Index", registry},
                             {"Name", registry + "/" + hit.name},
                             {"Description", one_line(hit.description, whole)},
                             {"Stars", hit.stars},
                             {"Official", hit.is_official ? "[OK]" : ""},
                             {"Automated", hit.is_automated ? "[OK]" : ""},
                             {"Tag", ""}});
}

struct Scope {
  std::vector<std::string> registries;
  std::string term;
};

// "quay.io/app" is looked for there, "app" where short names are.
Scope scope_of(const home::Home& home, const std::string& text) {
  const auto [first, rest] = base::split_once(text, '/');
  const bool is_registry = first == "localhost" || first.find_first_of(".:") != std::string::npos;
  if (rest && is_registry) return {{first}, *rest};
  auto registries = registry::Configuration::read(home).search;
  if (registries.empty()) registries = {"docker.io"};
  return {std::move(registries), text};
}

base::Json::Array find_repositories(const home::Home& home, const SearchFlags& flags,
                                    std::size_t limit) {
  for (const std::string& filter : flags.filters)
    (void)is_wanted({}, filter);
  const Scope scope = scope_of(home, flags.term);
  base::Json::Array rows;
  std::optional<base::Error> failure;
  std::size_t failures = 0;
  for (const std::string& registry : scope.registries) {
    try {
      for (const auto& hit : registry::search(home, registry, scope.term, limit, flags.access)) {
        const bool is_fit = std::all_of(flags.filters.begin(), flags.filters.end(),
                                        [&](const auto& filter) { return is_wanted(hit, filter); });
        if (is_fit) rows.push_back(row_of(hit, registry, flags.whole));
      }
    } catch (const base::Error& error) {
      if (failure) base::log::warn("{}", failure->what());
      failure = error;
      ++failures;
    }
  }
  if (failure && failures == scope.registries.size()) throw base::Error(*failure);
  if (failure) base::log::warn("{}", failure->what());
  return rows;
}

std::string tags_of(const home::Home& home, const SearchFlags& flags, std::size_t limit) {
  if (!flags.filters.empty()) throw base::Error("--filter has no meaning with --list-tags");
  const Scope scope = scope_of(home, flags.term);
  const auto reference = oci::Reference::parse(scope.registries.front() + "/" + scope.term);
  const auto tags = registry::list_tags(home, reference, limit, flags.access);
  if (flags.format == "json") {
    const base::Json answer = base::Json::object({{"Name", reference.name()}, {"Tags", tags}});
    return base::Json(base::Json::Array{answer}).dump(4) + "\n";
  }
  cli::Listing listing;
  for (const std::string& tag : tags)
    listing.rows.push_back(base::Json::object({{"Name", reference.name()}, {"Tag", tag}}));
  return cli::format_rows(flags.format.empty() ? "table {{.Name}}\t{{.Tag}}" : flags.format,
                          listing);
}

}  // namespace

int search(const cli::Arguments& arguments) {
  SearchFlags flags;
  cli::Options options("Search registries for images");
  declare(options, flags);
  options.parse(arguments);
  sys::forbid_core_files();

  const home::Home home = home::Home::open();
  const auto limit = flags.limit > 0 ? static_cast<std::size_t>(flags.limit) : std::size_t{25};
  if (flags.lists_tags) {
    cli::print(tags_of(home, flags, limit));
    return 0;
  }
  cli::Listing listing;
  listing.rows = find_repositories(home, flags, limit);
  std::string format = flags.format;
  if (format.empty()) {
    format = "table {{.Name}}\t{{.Description}}";
    if (flags.is_compatible) format += "\t{{.Stars}}\t{{.Official}}\t{{.Automated}}";
    listing.has_heading = !listing.rows.empty();
  }
  cli::print(cli::format_rows(format, listing));
  return 0;
}

}  // namespace pod_transfer
