#include "cmd/pod-transfer/command.hpp"
#include "cmd/pod-transfer/entry_options.hpp"
#include "cmd/pod-transfer/registry_options.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/images/ensure.hpp"
#include "pkg/transfer/lists.hpp"
#include "storage/refs.hpp"

#include <fmt/core.h>

namespace pod_transfer {
namespace {

struct CreateFlags {
  RegistryFlags registry;
  bool all = false;
  bool amend = false;
  bool insecure = false;
  std::vector<std::string> annotations;
  std::string name;
  std::vector<std::string> images;
};

// The list that has the name, or a new one.
storage::List begin_list(const home::Home& home, const CreateFlags& flags,
                         const std::string& name) {
  const storage::Layout layout(home);
  const auto id = storage::find_id(layout, name);
  auto found = id ? storage::ListStore(layout).find(*id) : std::nullopt;
  if (found && flags.amend) return std::move(*found);
  if (found) throw base::Error(name + ": there is such a list already: --amend adds to it");
  if (id && storage::ImageStore(layout).find(*id)) {
    throw base::Error(name + ": an image has this name");
  }
  storage::List list;
  list.id = base::make_id();
  list.created = base::now();
  return list;
}

}  // namespace

int manifest_create(const cli::Arguments& arguments) {
  CreateFlags flags;
  cli::Options options("Make a list of images for several platforms");
  flags.registry.declare(options);
  options.flag("--all", flags.all, "All images of those that are lists, not only this host's")
      .flag("-a,--amend", flags.amend, "Add to the list when there is one already")
      .values("--annotation", flags.annotations, "KEY=VALUE for the list")
      .flag("--insecure", flags.insecure, "As --tls-verify=false")
      .hidden()
      .argument("LIST", flags.name)
      .rest("IMAGE", flags.images);
  options.parse(arguments);
  if (flags.insecure) flags.registry.access.tls_verify = false;

  const home::Home home = home::Home::open();
  const std::string name = images::local_name(flags.name);
  storage::List list = begin_list(home, flags, name);
  for (const std::string& image : flags.images) {
    transfer::add_entries(list,
                          transfer::find_entries(home, flags.registry.take(), image, flags.all));
  }
  for (const auto& [key, value] : parse_annotations(flags.annotations))
    list.annotations[key] = value;
  const storage::Layout layout(home);
  transfer::save_list(layout, list);
  storage::ListStore(layout).tag(list.id, name);
  fmt::print("{}\n", list.id);
  return 0;
}

}  // namespace pod_transfer
