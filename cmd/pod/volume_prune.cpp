#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/confirmation.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/upkeep/prune.hpp"

namespace pod {
namespace {

// "all" is docker's spelling of --all.
bool take_all_filter(std::vector<std::string>& filters) {
  bool all = false;
  std::erase_if(filters, [&](const std::string& filter) {
    const auto [key, value] = base::split_once(filter, '=');
    if (key != "all") return false;
    const auto truth = base::parse_bool(value.value_or(""));
    if (!truth) throw base::Error("filter " + filter + ": expected true or false");
    all = *truth;
    return true;
  });
  return all;
}

std::string names_of(const std::vector<storage::Volume>& volumes) {
  std::string text;
  for (const storage::Volume& volume : volumes)
    text += volume.name + "\n";
  return text;
}

}  // namespace

int volume_prune(Arguments arguments) {
  bool all = false;
  bool dry_run = false;
  bool force = false;
  std::vector<std::string> filters;

  cli::Options options("Remove volumes that no container uses");
  options.flag("-a,--all", all, "Those with a name, too")
      .flag("--dry-run", dry_run, "Only show which")
      .values("--filter", filters, "Those that fit KEY=VALUE, as for volume ls")
      .flag("-f,--force", force, "Do not ask");
  options.parse(arguments);
  if (dry_run && force) throw base::Error("--dry-run and --force do not go together");
  all = take_all_filter(filters) || all;
  if (!all) filters.emplace_back("anonymous=true");

  const home::Home home = home::Home::open();
  const std::string names = names_of(upkeep::unused_volumes(home, filters));
  if (dry_run) {
    cli::print(names);
    return 0;
  }
  if (!force && names.empty()) {
    cli::print("No dangling volumes found\n");
    return 0;
  }
  const char* question = all ? "WARNING! This removes all volumes not used by a container:\n"
                             : "WARNING! This removes anonymous volumes not used by a container:\n";
  if (!force && !confirm(question + names)) return 0;
  const upkeep::Pruned pruned = upkeep::prune_volumes(home, filters);
  for (const std::string& name : pruned.volumes)
    cli::print(name + "\n");
  tell_freed(pruned.freed);
  return 0;
}

}  // namespace pod
