#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/confirmation.hpp"
#include "pkg/upkeep/prune.hpp"

namespace pod {

int image_prune(Arguments arguments) {
  upkeep::ImagePrune prune;
  bool force = false;
  bool build_cache = false;

  cli::Options options("Remove images without a name, or all that no container uses");
  options.flag("-a,--all", prune.all, "All that no container uses")
      .flag("--build-cache", build_cache, "What builds keep, too; there is nothing else")
      .ignore_flags("--external")
      .values("--filter", prune.filters, "Those that fit KEY=VALUE: until, label, label!, dangling")
      .flag("-f,--force", force, "Do not ask");
  options.parse(arguments);

  const char* question = prune.all
                             ? "WARNING! This command removes all images without at least one "
                               "container associated with them."
                             : "WARNING! This command removes all dangling images.";
  if (!force && !confirm(question)) return 0;
  const upkeep::Pruned pruned = upkeep::prune_images(home::Home::open(), prune);
  for (const std::string& id : pruned.images)
    cli::print(id + "\n");
  tell_freed(pruned.freed);
  return 0;
}

}  // namespace pod
