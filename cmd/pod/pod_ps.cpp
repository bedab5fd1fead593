#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/listing.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/pods/pod.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>

namespace pod {
namespace {

using base::Json;

struct PodPsFlags {
  bool quiet = false;
  bool whole = false;
  bool no_heading = false;
  bool latest = false;
  bool ids = false;
  bool names = false;
  bool states = false;
  bool namespaces = false;
  std::string format;
  std::string sort = "created";
  std::vector<std::string> filters;

  void declare(cli::Options& options) {
    options.values("-f,--filter", filters, "Those that fit KEY=VALUE")
        .value("--format", format, "json, or a Go template")
        .flag("--ctr-ids", ids, "Show the ids of their containers")
        .flag("--ctr-names", names, "Show the names of their containers")
        .flag("--ctr-status", states, "Show the states of their containers")
        .flag("-l,--latest", latest, "The newest one")
        .flag("--no-trunc", whole, "Show ids in full")
        .flag("-n,--noheading", no_heading, "Leave out the headings")
        .flag("-q,--quiet", quiet, "Show ids only")
        .flag("--ns,--namespace", namespaces, "Show the namespaces that their containers share")
        .value("--sort", sort, "created, id, name, number, status");
  }

  std::string table() const {
    std::string text = "table {{.ID}}\t{{.Name}}\t{{.Status}}\t{{.CreatedHuman}}\t{{.InfraID}}";
    if (namespaces) text += "\t{{.Cgroup}}\t{{.Namespaces}}";
    if (ids) text += "\t{{.ContainerIds}}";
    if (names) text += "\t{{.ContainerNames}}";
    if (states) text += "\t{{.ContainerStatuses}}";
    return ids || names || states ? text : text + "\t{{.NumberOfContainers}}";
  }
};

// The members of a pod, for its row: as JSON, and joined for each column.
void add_members(Json& row, const home::Home& home, const pods::Pod& pod, bool whole) {
  Json::Array members;
  std::vector<std::string> ids;
  std::vector<std::string> names;
  std::vector<std::string> states;
  for (const containers::Container& each : pods::members(home, pod)) {
    const std::string state = containers::status_word(containers::state_of(home, each).status);
    members.push_back(Json::object({{"Id", each.id}, {"Names", each.name}, {"Status", state}}));
    ids.push_back(short_unless(whole, each.id));
    names.push_back(each.name);
    states.push_back(state);
  }
  row["NumberOfContainers()"] = static_cast<std::int64_t>(members.size());
  row["ContainerIds()"] = base::join(ids, ",");
  row["ContainerNames()"] = base::join(names, ",");
  row["ContainerStatuses()"] = base::join(states, ",");
  row["Containers"] = std::move(members);
}

Json row_of(const home::Home& home, const pods::Pod& pod, bool whole) {
  Json labels = Json::object();
  for (const auto& [key, value] : pod.options.labels)
    labels[key] = value;
  Json row = Json::object();
  row["Cgroup"] = "";
  row["Containers"] = Json();
  row["Created"] = base::rfc3339(pod.created);
  row["Id"] = pod.id;
  row["InfraId"] = "";
  row["Name"] = pod.name;
  row["Namespace"] = "";
  row["Networks"] = Json::array();
  row["Status"] = pods::status_of(home, pod);
  row["Labels"] = labels;
  row["Created()"] = ago(pod.created);
  row["Namespaces()"] = base::join(pod.options.share, ",");
  row["ID()"] = short_unless(whole, pod.id);
  row["Id()"] = row["ID()"];
  row["Created()"] = ago(pod.created);
  row["CreatedHuman()"] = ago(pod.created);
  row["Networks()"] = "";
  row["Label()"] = labels;
  row["created()"] = pod.created;
  add_members(row, home, pod, whole);
  return row;
}

void sort_rows(Json::Array& rows, const std::string& key) {
  static const std::map<std::string, const char*> kFields = {{"created", "created()"},
                                                             {"id", "Id"},
                                                             {"name", "Name"},
                                                             {"number", "NumberOfContainers()"},
                                                             {"status", "Status"}};
  const auto field = kFields.find(key);
  if (field == kFields.end()) {
    throw base::Error("--sort: " + key + ": not one of created, id, name, number, status");
  }
  std::stable_sort(rows.begin(), rows.end(), [&](const Json& a, const Json& b) {
    const Json& left = a.at(field->second);
    const Json& right = b.at(field->second);
    if (left.is_integer()) return right.as_integer() < left.as_integer();  // newest, largest first
    return left.as_string() < right.as_string();
  });
}

}  // namespace

int pod_ps(Arguments arguments) {
  PodPsFlags flags;
  cli::Options options("List pods");
  flags.declare(options);
  options.parse(arguments);

  const home::Home home = home::Home::open();
  cli::Listing listing;
  listing.headings = {{"ID", "POD ID"},
                      {"CreatedHuman", "CREATED"},
                      {"NumberOfContainers", "# OF CONTAINERS"},
                      {"ContainerIds", "IDS"},
                      {"ContainerNames", "NAMES"},
                      {"ContainerStatuses", "STATUS"}};
  listing.has_heading = !flags.no_heading;
  for (const pods::Pod& pod : pods::select(home, flags.filters))
    listing.rows.push_back(row_of(home, pod, flags.whole));
  sort_rows(listing.rows, flags.latest ? "created" : flags.sort);
  if (flags.latest && listing.rows.size() > 1) listing.rows.resize(1);
  std::string format = flags.format.empty() ? flags.table() : flags.format;
  if (flags.quiet) format = "{{.ID}}";
  cli::print(cli::format_rows(format, listing));
  return 0;
}

}  // namespace pod
