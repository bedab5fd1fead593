#include "pkg/images/history.hpp"

#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/listing.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/size.hpp"
#include "pkg/base/time.hpp"

#include <fmt/core.h>

namespace pod {
namespace {

using base::Json;

constexpr const char* kMissing = "<missing>";

struct HistoryFlags {
  std::string format = "table {{.ID}}\t{{.Created}}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}";
  bool human = true;
  bool whole = false;
  bool quiet = false;
};

std::string shortened(const std::string& text, bool whole) {
  constexpr std::size_t kMost = 45;
  if (whole || text.size() <= kMost) return text;
  return text.substr(0, kMost - 3) + "...";
}

std::string shown_id(const std::string& id, bool whole) {
  if (id.empty()) return kMissing;
  return short_unless(whole, id);
}

// podman's JSON of one step.
Json object_of(const images::Step& step) {
  Json json = Json::object();
  json["id"] = step.image.empty() ? std::string(kMissing) : step.image;
  json["created"] = base::rfc3339_utc(step.created);
  json["CreatedBy"] = step.created_by;
  json["size"] = step.size;
  json["comment"] = step.comment;
  if (!step.names.empty()) json["tags"] = Json(step.names);
  json["Created"] = base::rfc3339_utc(whole_seconds(step.created));
  return json;
}

Json row_of(const images::Step& step, const HistoryFlags& flags) {
  Json row = object_of(step);
  const base::Time created = whole_seconds(step.created);
  const std::string age = flags.human ? ago(created) : base::rfc3339_utc(created);
  row["ID()"] = shown_id(step.image, flags.whole);
  row["Created()"] = age;
  row["CreatedSince()"] = ago(step.created);
  row["CreatedAt()"] = base::go_utc(created);
  row["CreatedBy()"] = shortened(step.created_by, flags.whole);
  row["Size()"] = flags.human ? base::human_size(step.size) : std::to_string(step.size);
  row["Comment()"] = shortened(step.comment, flags.whole);
  row["Tags()"] = Json(step.names);
  return row;
}

}  // namespace

int history(Arguments arguments) {
  HistoryFlags flags;
  std::string name;

  cli::Options options("Show how an image was made");
  options.value("--format", flags.format, "json, or a Go template")
      .flag("-H,--human", flags.human, "Times and sizes for people")
      .flag("--no-trunc", flags.whole, "Show ids and commands in full")
      .flag("-q,--quiet", flags.quiet, "Show ids only")
      .argument("IMAGE", name);
  options.parse(arguments);

  const home::Home home = home::Home::open();
  const std::vector<images::Step> steps = images::history(home, name);
  std::string ids;
  cli::Listing listing;
  listing.headings = {
      {"CreatedBy", "CREATED BY"}, {"CreatedAt", "CREATED AT"}, {"CreatedSince", "CREATED SINCE"}};
  for (const images::Step& step : steps) {
    ids += shown_id(step.image, flags.whole) + "\n";
    listing.rows.push_back(flags.format == "json" ? object_of(step) : row_of(step, flags));
  }
  cli::print(flags.quiet ? ids : cli::format_rows(flags.format, listing));
  return 0;
}

}  // namespace pod
