#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/confirmation.hpp"
#include "cmd/pod/listing.hpp"
#include "pkg/upkeep/prune.hpp"

#include <fmt/core.h>

namespace pod {
namespace {

std::string question(const upkeep::SystemPrune& prune) {
  std::string text = "WARNING! This command removes:\n\t- all stopped containers\n";
  text += "\t- all pods whose containers have ended\n";
  if (prune.volumes) text += "\t- all volumes not used by at least one container\n";
  text += prune.all_images ? "\t- all images without at least one container associated with them\n"
                           : "\t- all dangling images\n";
  return text;
}

void print_section(const char* title, const std::vector<std::string>& names) {
  if (names.empty()) return;
  cli::print(fmt::format("Deleted {}\n", title));
  for (const std::string& name : names)
    cli::print(name + "\n");
}

}  // namespace

int system_prune(Arguments arguments) {
  upkeep::SystemPrune prune;
  bool force = false;
  bool build = false;

  cli::Options options("Remove what is not used");
  options.flag("-a,--all", prune.all_images, "All images that no container uses, not only nameless")
      .flag("--build", build, "What builds left, too; there is nothing else")
      .ignore_flags("--external")
      .values("--filter", prune.filters, "Those that fit KEY=VALUE: until, label, label!")
      .flag("-f,--force", force, "Do not ask")
      .flag("--volumes", prune.volumes, "Volumes that no container mounts, too");
  options.parse(arguments);

  if (!force && !confirm(question(prune))) return 0;
  const upkeep::Pruned pruned = upkeep::prune_system(home::Home::open(), prune);
  print_section("Pods", pruned.pods);
  print_section("Containers", pruned.containers);
  print_section("Volumes", pruned.volumes);
  print_section("Images", pruned.images);
  cli::print(fmt::format("Total reclaimed space: {}\n", tight_size(pruned.freed)));
  return 0;
}

}  // namespace pod
