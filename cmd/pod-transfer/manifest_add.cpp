#include "cmd/pod-transfer/command.hpp"
#include "cmd/pod-transfer/entry_options.hpp"
#include "cmd/pod-transfer/registry_options.hpp"
#include "pkg/transfer/lists.hpp"

namespace pod_transfer {

int manifest_add(const cli::Arguments& arguments) {
  RegistryFlags registry;
  EntryFlags entry;
  bool all = false;
  std::string name;
  std::vector<std::string> images;

  cli::Options options("Add images to a manifest list");
  registry.declare(options);
  entry.declare(options);
  options.flag("--all", all, "All images of those that are lists, not only this host's")
      .refuse("--artifact,--artifact-annotation,--artifact-config,--artifact-config-type")
      .refuse("--artifact-exclude-titles,--artifact-layer-type,--artifact-subject,--artifact-type")
      .argument("LIST", name)
      .rest("IMAGE", images, 1);
  options.parse(arguments);
  const transfer::EntryNotes& notes = entry.take();

  const home::Home home = home::Home::open();
  std::vector<storage::List::Entry> entries;
  for (const std::string& image : images) {
    for (storage::List::Entry& one : transfer::find_entries(home, registry.take(), image, all)) {
      transfer::apply(notes, one.descriptor);
      entries.push_back(std::move(one));
    }
  }
  change_list(home, name,
              [&](storage::List& list) { transfer::add_entries(list, std::move(entries)); });
  return 0;
}

}  // namespace pod_transfer
