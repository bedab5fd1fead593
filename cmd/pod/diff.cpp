#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/selection.hpp"
#include "pkg/base/error.hpp"
#include "pkg/containers/differences.hpp"
#include "pkg/userns/enter.hpp"
#include "storage/changes.hpp"

#include <fmt/core.h>

namespace pod {
namespace {

struct DiffFlags {
  std::string format;
  bool latest = false;
  std::vector<std::string> names;
};

using Kind = storage::Change::Kind;

const char* letter_of(Kind kind) {
  return kind == Kind::Added ? "A" : kind == Kind::Changed ? "C" : "D";
}

std::string text_of(const std::vector<storage::Change>& changes) {
  std::string text;
  for (const storage::Change& change : changes)
    text += fmt::format("{} {}\n", letter_of(change.kind), change.path);
  return text;
}

// Only the lists that have something, as podman has it.
base::Json json_of(const std::vector<storage::Change>& changes) {
  const std::pair<Kind, const char*> kinds[] = {
      {Kind::Changed, "changed"}, {Kind::Added, "added"}, {Kind::Deleted, "deleted"}};
  base::Json json = base::Json::object();
  for (const auto& [kind, word] : kinds) {
    for (const storage::Change& change : changes)
      if (change.kind == kind) json[word].push_back(change.path);
  }
  return json;
}

int show(const DiffFlags& flags, containers::ObjectKind kind) {
  if (flags.names.empty() || flags.names.size() > 2) {
    throw base::Error("name one object, or the two to compare");
  }
  if (!flags.format.empty() && flags.format != "json") {
    throw base::Error("--format: " + flags.format + ": only json is known");
  }
  const home::Home home = home::Home::open();
  const containers::Trees trees = containers::trees_to_compare(home, flags.names, kind);
  userns::enter(home);  // files belong to subordinate ids
  const std::vector<storage::Change> changes = containers::differences(trees);
  cli::print(flags.format == "json" ? json_of(changes).dump(4) + "\n" : text_of(changes));
  return 0;
}

void declare(cli::Options& options, DiffFlags& flags) {
  options.value("--format", flags.format, "json");
}

}  // namespace

int diff(Arguments arguments) {
  DiffFlags flags;
  cli::Options options("Show what a container or image has changed");
  declare(options, flags);
  options.flag("-l,--latest", flags.latest, "The newest container").rest("NAME", flags.names);
  options.parse(arguments);
  if (flags.latest) {
    flags.names.insert(flags.names.begin(), one_container(home::Home::open(), "", true).id);
  }
  return show(flags, containers::ObjectKind::Any);
}

int container_diff(Arguments arguments) {
  DiffFlags flags;
  cli::Options options("Show what a container has changed");
  declare(options, flags);
  options.flag("-l,--latest", flags.latest, "The newest container").rest("CONTAINER", flags.names);
  options.parse(arguments);
  if (flags.latest) {
    flags.names.insert(flags.names.begin(), one_container(home::Home::open(), "", true).id);
  }
  return show(flags, containers::ObjectKind::Container);
}

int image_diff(Arguments arguments) {
  DiffFlags flags;
  cli::Options options("Show what an image's topmost layer changes");
  declare(options, flags);
  options.rest("IMAGE", flags.names);
  options.parse(arguments);
  return show(flags, containers::ObjectKind::Image);
}

}  // namespace pod
