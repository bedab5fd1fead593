#include "pkg/containers/record.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/interruption.hpp"
#include "storage/staging.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <utility>

namespace containers {
namespace {

constexpr const char* kStaged = ".new";

// The object is there, or its maker is still at work.
bool is_living(const std::string& path) {
  if (sys::exists(path)) return true;
  if (!sys::exists(path + kStaged)) return false;
  return !sys::Lock::try_take(path + kStaged).has_value();
}

std::optional<sys::Lock> hold_container(const home::Home& home, const std::string& id) {
  const std::string folder = home.containers() + "/" + id;
  while (sys::exists(folder)) {
    if (auto lock = sys::Lock::try_take(folder)) return lock;
    sys::pause_for(1);
  }
  return std::nullopt;
}

// Somebody was killed while they gave it this name: its record has another, and nobody changes it.
bool is_half_renamed(const home::Home& home, const std::string& name, const std::string& owner) {
  constexpr std::string_view kOurs = "../containers/";
  if (!owner.starts_with(kOurs)) return false;
  const std::string id = owner.substr(kOurs.size());
  const auto alone = sys::Lock::try_take(home.containers() + "/" + id);
  const auto container = alone ? find_by_id(home, id) : std::nullopt;
  return container && container->name != name;
}

[[noreturn]] void fail_in_use(const std::string& name, const std::string& target) {
  const bool is_pod = target.starts_with("../pods/");
  const std::string id = target.substr(target.rfind('/') + 1);
  throw base::Error(fmt::format(
      "the name \"{}\" is already in use by {} {}: remove or rename that one, choose another "
      "name, or make one with --replace",
      name, is_pod ? "pod" : "container", base::short_id(id)));
}

// Nothing when the name is the caller's now, else who has it.
std::optional<std::string> try_claim(const home::Home& home, const std::string& name,
                                     const std::string& target) {
  const std::string link = home.names() + "/" + name;
  for (int attempt = 0; attempt < 10; ++attempt) {
    try {
      sys::make_link(target, link);
      return std::nullopt;
    } catch (const base::SysError& error) {
      if (error.number() != EEXIST) throw;
    }
    const auto owner = sys::find_link(link);
    if (!owner) continue;  // released just now
    if (is_living(home.names() + "/" + *owner) && !is_half_renamed(home, name, *owner)) {
      return owner;
    }
    release_name(home, name, *owner);
  }
  throw base::Error(fmt::format("the name \"{}\" is being taken by others: try again", name));
}

// There are only so many: when many are made at once, two may think of the same.
std::string claim_made_up_name(const home::Home& home, const std::string& target) {
  sys::make_dirs(home.names(), 0700);
  for (int attempt = 0; attempt < 20; ++attempt) {
    std::string name = base::make_name();
    if (!try_claim(home, name, target)) return name;
  }
  std::string name = base::make_name() + "_" + base::short_id(base::make_id());
  claim_name(home, name, target);
  return name;
}

}  // namespace

void claim_name(const home::Home& home, const std::string& name, const std::string& target) {
  if (!base::is_name(name)) {
    throw base::Error(fmt::format(
        "name \"{}\": only letters, digits, '_', '.' and '-', beginning with a letter or digit",
        name));
  }
  sys::make_dirs(home.names(), 0700);
  if (const auto owner = try_claim(home, name, target)) fail_in_use(name, *owner);
}

void release_name(const home::Home& home, const std::string& name, const std::string& target) {
  const std::string link = home.names() + "/" + name;
  if (sys::find_link(link) == target) sys::remove_file(link);
}

StagedFolder::StagedFolder(const home::Home& home, std::string path, const std::string& name)
    : home_(home), final_(std::move(path)), staged_(final_ + kStaged), name_(name) {
  const std::size_t id = final_.rfind('/');
  const std::size_t kind = final_.rfind('/', id - 1);
  target_ = ".." + final_.substr(kind);
  sys::make_dirs(final_.substr(0, id), 0700);
  lock_ = storage::make_locked_dir(staged_);
  try {
    if (name_.empty()) {
      name_ = claim_made_up_name(home_, target_);
    } else {
      claim_name(home_, name_, target_);
    }
  } catch (const base::Error&) {
    sys::remove_tree(staged_);
    throw;
  }
}

StagedFolder::~StagedFolder() {
  if (is_published_) return;
  try {
    release_name(home_, name_, target_);
    sys::remove_tree(staged_);
  } catch (const base::Error&) {
    return;  // taken over by whoever wants the name next
  }
}

void StagedFolder::publish() {
  sys::rename_path(staged_, final_);
  is_published_ = true;
}

std::optional<sys::Lock> hold_pod(const home::Home& home, const std::string& id,
                                  sys::Lock::Mode mode) {
  const std::string record = home.pods() + "/" + id + "/record.json";
  while (sys::exists(record)) {
    auto lock = sys::Lock::try_take(record, mode);
    if (lock && sys::exists(record)) return lock;
    if (!lock) sys::pause_for(1);
  }
  return std::nullopt;
}

Amendment::Amendment(const home::Home& home, const std::string& id)
    : home_(home), lock_(hold_container(home, id)) {
  auto found = lock_ ? find_by_id(home, id) : std::nullopt;
  if (!found) throw base::Error("container " + base::short_id(id) + " was removed");
  container_ = std::move(*found);
}

void Amendment::publish() {
  sys::replace_file(container_.directory(home_) + "/record.json", container_.json().dump(), 0600);
}

oci::Spec load_spec(const home::Home& home, const Container& container) {
  const std::string path = container.directory(home) + "/spec.json";
  try {
    return oci::Spec::parse(base::Json::parse(sys::read_file(path)));
  } catch (base::Error& error) {
    error.during(path);
    throw;
  }
}

void save_spec(const home::Home& home, const Container& container, const oci::Spec& spec) {
  sys::replace_file(container.directory(home) + "/spec.json", spec.json().dump(), 0600);
}

}  // namespace containers
