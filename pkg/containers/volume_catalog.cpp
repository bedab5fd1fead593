#include "pkg/containers/volume_catalog.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/base/text.hpp"
#include "pkg/containers/filter.hpp"
#include "pkg/containers/lifecycle.hpp"
#include "pkg/containers/table.hpp"
#include "pkg/events/log.hpp"
#include "pkg/userns/enter.hpp"
#include "storage/trash.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <map>

namespace containers {
namespace {

using storage::Volume;

bool mounts(const Container& container, const std::string& volume) {
  return std::ranges::any_of(container.options.mounts, [&](const VolumeMount& mount) {
    return mount.kind == VolumeMount::Kind::Volume && mount.source == volume;
  });
}

bool has_pair(const std::map<std::string, std::string>& pairs, const std::string& text) {
  const auto [key, value] = base::split_once(text, '=');
  const auto found = pairs.find(key);
  return found != pairs.end() && (!value || found->second == *value);
}

// A volume beside what filters ask of it.
struct Candidate {
  const home::Home& home;
  const std::vector<Container>& containers;
  const Volume& volume;
};

bool is_true(const std::string& key, const std::string& value) {
  const std::optional<bool> truth = base::parse_bool(value);
  if (truth) return *truth;
  throw base::Error(fmt::format("filter {}={}: expected true or false", key, value));
}

bool by_name(const Candidate& candidate, const std::string& value) {
  return matches_expression(candidate.volume.name, value);
}

bool by_driver(const Candidate&, const std::string& value) {
  return value == "local";
}

bool by_label(const Candidate& candidate, const std::string& value) {
  return has_pair(candidate.volume.labels, value);
}

bool by_label_missing(const Candidate& candidate, const std::string& value) {
  return !has_pair(candidate.volume.labels, value);
}

bool by_option(const Candidate& candidate, const std::string& value) {
  return has_pair(candidate.volume.options, value);
}

bool by_until(const Candidate& candidate, const std::string& value) {
  return candidate.volume.created < base::parse_moment(value);
}

bool by_dangling(const Candidate& candidate, const std::string& value) {
  const auto mounts_it = [&](const Container& each) { return mounts(each, candidate.volume.name); };
  return std::ranges::none_of(candidate.containers, mounts_it) == is_true("dangling", value);
}

bool by_anonymous(const Candidate& candidate, const std::string& value) {
  return candidate.volume.anonymous == is_true("anonymous", value);
}

bool by_since(const Candidate& candidate, const std::string& value) {
  return candidate.volume.created >
         storage::VolumeStore(storage::Layout(candidate.home)).get(value).created;
}

struct Filter {
  std::string_view key;
  bool (*fits)(const Candidate&, const std::string&);
  bool all = false;  // several values must all fit, rather than one of them
};

constexpr std::array<Filter, 11> kFilters = {{{"name", by_name},
                                              {"driver", by_driver},
                                              {"scope", by_driver},  // both are "local"
                                              {"label", by_label, true},
                                              {"label!", by_label_missing, true},
                                              {"opt", by_option},
                                              {"until", by_until},
                                              {"dangling", by_dangling},
                                              {"anonymous", by_anonymous},
                                              {"since", by_since},
                                              {"after", by_since}}};

using Wanted = std::map<std::string, std::vector<std::string>>;

Wanted parse(const std::vector<std::string>& filters) {
  Wanted wanted;
  for (const std::string& text : filters) {
    const auto [key, value] = base::split_once(text, '=');
    if (!value) throw base::Error("filter " + text + ": not of the form KEY=VALUE");
    filter_of(kFilters, key);
    wanted[key].push_back(*value);
  }
  return wanted;
}

bool fits(const Candidate& candidate, const Wanted& wanted) {
  return std::ranges::all_of(wanted, [&](const auto& one) {
    const Filter& filter = filter_of(kFilters, one.first);
    const auto fits_one = [&](const auto& value) { return filter.fits(candidate, value); };
    return filter.all ? std::ranges::all_of(one.second, fits_one)
                      : std::ranges::any_of(one.second, fits_one);
  });
}

base::Json json_of(const Volume& volume, std::int64_t running) {
  base::Json json = base::Json::object({{"Name", volume.name},
                                        {"Driver", "local"},
                                        {"Mountpoint", volume.data},
                                        {"CreatedAt", base::rfc3339(volume.created)},
                                        {"Labels", table(volume.labels)},
                                        {"Scope", "local"},
                                        {"Options", table(volume.options)}});
  // What is nothing is not shown, but templates know it.
  const auto add = [&](const std::string& key, bool is_shown, const base::Json& value) {
    json[is_shown ? key : key + "()"] = value;
  };
  add("UID", volume.uid.has_value(), volume.uid.value_or(0));
  add("GID", volume.gid.has_value(), volume.gid.value_or(0));
  add("Anonymous", volume.anonymous, volume.anonymous);
  json["MountCount"] = running;
  const bool needs_owner = volume.fresh && !volume.uid && !volume.gid;
  add("NeedsCopyUp", volume.fresh, volume.fresh);
  add("NeedsChown", needs_owner, needs_owner);
  // What drivers of others would tell; Docker's templates ask for the first.
  json["Status()"] = base::Json::object();
  json["Timeout()"] = 0;
  json["StorageID()"] = "";
  return json;
}

void refuse_while_used(const std::string& name, const std::vector<Container>& users) {
  constexpr int kInUse = 2;
  if (users.empty()) return;
  std::vector<std::string> names;
  for (const Container& user : users)
    names.push_back(user.name);
  throw base::Error(fmt::format("volume {} is being used by {}: remove it first, or use --force",
                                name, base::join(names, ", ")),
                    kInUse);
}

}  // namespace

void create_volume(const home::Home& home, const Volume& volume) {
  const storage::VolumeStore store{storage::Layout(home)};
  if (volume.uid.value_or(0) == 0 && volume.gid.value_or(0) == 0) {
    store.create(volume);
  } else {
    userns::inside(home, [&] { store.create(volume); });
  }
  events::note(home, "create", {.type = "volume", .name = volume.name});
}

std::vector<Volume> select_volumes(const home::Home& home,
                                   const std::vector<std::string>& filters) {
  const Wanted wanted = parse(filters);
  std::vector<Volume> volumes = storage::VolumeStore(storage::Layout(home)).list();
  const std::vector<Container> all =
      wanted.contains("dangling") ? list(home) : std::vector<Container>();
  std::erase_if(volumes, [&](const Volume& volume) { return !fits({home, all, volume}, wanted); });
  return volumes;
}

base::Json::Array inspect_volumes(const home::Home& home, const std::vector<Volume>& volumes) {
  const std::vector<Container> all = list(home);
  base::Json::Array shown;
  for (const Volume& volume : volumes) {
    const std::int64_t running = std::ranges::count_if(all, [&](const Container& each) {
      return mounts(each, volume.name) && state_of(home, each).is_running();
    });
    shown.push_back(json_of(volume, running));
  }
  return shown;
}

std::vector<Container> users_of_volume(const home::Home& home, const std::string& name) {
  std::vector<Container> users = list(home);
  std::erase_if(users, [&](const Container& each) { return !mounts(each, name); });
  return users;
}

bool throw_away_volume(const home::Home& home, const std::string& name) {
  const storage::Layout layout(home);
  const storage::VolumeStore store(layout);
  const auto hold = store.hold(name, sys::Lock::Mode::Exclusive);
  if (!hold) return true;
  if (!users_of_volume(home, name).empty()) return false;
  storage::move_to_trash(layout, layout.volume(name));
  events::note(home, "remove", {.type = "volume", .name = name});
  return true;
}

void remove_volume(const home::Home& home, const std::string& name, const VolumeRemoval& how) {
  const std::vector<Container> users = users_of_volume(home, name);
  if (!how.force) refuse_while_used(name, users);
  for (const Container& user : users)
    remove(home, user, {.force = true, .volumes = false, .timeout = how.timeout});
  if (!throw_away_volume(home, name)) refuse_while_used(name, users_of_volume(home, name));
  storage::empty_trash(home);
}

}  // namespace containers
