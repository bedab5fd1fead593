// Filters of `ps`: each key is a row of a table.
#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/base/text.hpp"
#include "pkg/containers/filter.hpp"
#include "pkg/containers/health.hpp"
#include "pkg/containers/report.hpp"
#include "pkg/images/ensure.hpp"
#include "pkg/sys/file.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <map>
#include <regex>

namespace containers {
namespace {

// A container beside what filters ask of it, read once.
struct Candidate {
  const home::Home& home;
  const Container& container;
  State state;
};

bool by_id(const Candidate& candidate, const std::string& value) {
  if (base::is_id_prefix(value)) return candidate.container.id.starts_with(value);
  return matches_expression(candidate.container.id, value);
}

bool by_name(const Candidate& candidate, const std::string& value) {
  return matches_expression(candidate.container.name, value);
}

bool by_label(const Candidate& candidate, const std::string& value) {
  const auto [key, text] = base::split_once(value, '=');
  const auto& labels = candidate.container.options.labels;
  const auto found = labels.find(key);
  return found != labels.end() && (!text || found->second == *text);
}

bool by_label_missing(const Candidate& candidate, const std::string& value) {
  return !by_label(candidate, value);
}

bool by_status(const Candidate& candidate, const std::string& value) {
  const std::string word = status_word(candidate.state.status);
  return word == value || (value == "stopped" && word == "exited") ||
         (value == "configured" && word == "created");
}

void check_status(const std::string& value) {
  constexpr std::array<std::string_view, 10> kWords = {
      "created", "initialized", "running",  "stopping",   "stopped",
      "paused",  "exited",      "removing", "configured", "unknown"};
  if (std::find(kWords.begin(), kWords.end(), value) == kWords.end()) {
    throw base::Error("filter status=" + value + ": not a container's status");
  }
}

bool by_exit_code(const Candidate& candidate, const std::string& value) {
  return candidate.state.status == Status::Exited &&
         std::to_string(candidate.state.exit_code) == value;
}

bool by_ancestor(const Candidate& candidate, const std::string& value) {
  if (const auto image = images::find(candidate.home, value)) {
    return image->id == candidate.container.image_id;
  }
  return candidate.container.image_name.find(value) != std::string::npos;
}

bool by_before(const Candidate& candidate, const std::string& value) {
  return candidate.container.created < get(candidate.home, value).created;
}

bool by_since(const Candidate& candidate, const std::string& value) {
  return candidate.container.created > get(candidate.home, value).created;
}

bool by_until(const Candidate& candidate, const std::string& value) {
  return candidate.container.created < base::parse_moment(value);
}

bool by_volume(const Candidate& candidate, const std::string& value) {
  const auto& mounts = candidate.container.options.mounts;
  return std::any_of(mounts.begin(), mounts.end(), [&](const VolumeMount& mount) {
    return mount.source == value || mount.target == value;
  });
}

bool by_pod(const Candidate& candidate, const std::string& value) {
  if (candidate.container.pod.empty()) return false;
  if (candidate.container.pod.starts_with(value)) return true;
  const auto link = sys::find_link(candidate.home.names() + "/" + value);
  return link == "../pods/" + candidate.container.pod;
}

bool by_network(const Candidate& candidate, const std::string& value) {
  const std::string& mode = candidate.container.options.network.mode;
  return value == (mode.empty() ? "pasta" : mode);
}

bool by_restart(const Candidate& candidate, const std::string& value) {
  const std::string policy = candidate.container.options.restart.text();
  return policy == value || policy.starts_with(value + ":");
}

// As the peers' unit for it starts those that are always restarted.
bool by_start_on_boot(const Candidate& candidate, const std::string& value) {
  const auto wanted = base::parse_bool(value);
  if (!wanted)
    throw base::Error("filter should-start-on-boot=" + value + ": neither true nor false");
  const RestartPolicy::When when = candidate.container.options.restart.when;
  return *wanted ==
         (when == RestartPolicy::When::Always || when == RestartPolicy::When::UnlessStopped);
}

bool by_command(const Candidate& candidate, const std::string& value) {
  return !candidate.container.command.empty() && candidate.container.command.front() == value;
}

// Who has no health check, or does not run, has no health.
bool by_health(const Candidate& candidate, const std::string& value) {
  const auto health = health_of(candidate.home, candidate.container, candidate.state);
  return (health ? health->status : "none") == value;
}

struct Filter {
  std::string_view key;
  bool (*fits)(const Candidate&, const std::string&);
  bool all = false;  // several values must all fit, rather than one of them
};

constexpr std::array<Filter, 18> kFilters = {{{"id", by_id},
                                              {"name", by_name},
                                              {"label", by_label, true},
                                              {"label!", by_label_missing, true},
                                              {"status", by_status},
                                              {"exited", by_exit_code},
                                              {"ancestor", by_ancestor},
                                              {"before", by_before},
                                              {"since", by_since},
                                              {"after", by_since},
                                              {"until", by_until},
                                              {"volume", by_volume},
                                              {"pod", by_pod},
                                              {"network", by_network},
                                              {"restart-policy", by_restart},
                                              {"should-start-on-boot", by_start_on_boot},
                                              {"command", by_command},
                                              {"health", by_health}}};

using Wanted = std::map<std::string, std::vector<std::string>>;

Wanted parse(const std::vector<std::string>& filters) {
  Wanted wanted;
  for (const std::string& text : filters) {
    const auto [key, value] = base::split_once(text, '=');
    if (!value) throw base::Error("filter " + text + ": not of the form KEY=VALUE");
    filter_of(kFilters, key);
    if (key == "status") check_status(*value);
    wanted[key].push_back(*value);
  }
  return wanted;
}

bool fits(const Candidate& candidate, const Wanted& wanted) {
  for (const auto& [key, values] : wanted) {
    const Filter& filter = filter_of(kFilters, key);
    const auto fits_one = [&](const std::string& value) { return filter.fits(candidate, value); };
    const bool is_fit = filter.all ? std::all_of(values.begin(), values.end(), fits_one)
                                   : std::any_of(values.begin(), values.end(), fits_one);
    if (!is_fit) return false;
  }
  return true;
}

}  // namespace

bool matches_expression(const std::string& text, const std::string& expression) try {
  return std::regex_search(text, std::regex(expression, std::regex::extended));
} catch (const std::regex_error&) {
  throw base::Error("filter: \"" + expression + "\" is no regular expression");
}

std::vector<Container> select(const home::Home& home, const std::vector<std::string>& filters,
                              bool running_only) {
  const Wanted wanted = parse(filters);
  // Who asks for a status or an exit code wants to see those that do not run.
  const bool hides_ended = running_only && !wanted.contains("status") && !wanted.contains("exited");
  std::vector<Container> selected = list(home);
  if (wanted.empty() && !hides_ended) return selected;  // no state has to be read
  std::erase_if(selected, [&](const Container& container) {
    const Candidate candidate{home, container, state_of(home, container)};
    return (hides_ended && !candidate.state.is_running()) || !fits(candidate, wanted);
  });
  return selected;
}

}  // namespace containers
