#include "cmd/pod-transfer/command.hpp"
#include "cmd/pod-transfer/entry_options.hpp"
#include "pkg/base/error.hpp"
#include "pkg/transfer/lists.hpp"
#include "storage/trash.hpp"

#include <fmt/core.h>

namespace pod_transfer {

int manifest_remove(const cli::Arguments& arguments) {
  std::string name;
  std::string digest;

  cli::Options options("Take an image out of a manifest list");
  options.argument("LIST", name).argument("DIGEST", digest);
  options.parse(arguments);

  const home::Home home = home::Home::open();
  change_list(home, name, [&](storage::List& list) {
    const std::string found = transfer::entry_of(home, list, digest).digest();
    std::erase_if(list.entries, [&](const auto& entry) { return entry.digest() == found; });
  });
  return 0;
}

int manifest_rm(const cli::Arguments& arguments) {
  std::vector<std::string> names;
  bool ignore = false;

  cli::Options options("Remove manifest lists from the store");
  options.flag("-i,--ignore", ignore, "No error for lists that are not there")
      .rest("LIST", names, 1);
  options.parse(arguments);

  const home::Home home = home::Home::open();
  const int status = for_each(names, [&](const std::string& name) {
    const auto found = images::find_list(home, name, true);
    if (!found && ignore) return;
    if (!found) throw base::Error(name + ": no such manifest list here", 1);
    storage::ListStore(storage::Layout(home)).remove(found->list.id);
    for (const std::string& one : found->list.names)
      fmt::print("Untagged: {}\n", one);
    fmt::print("Deleted: {}\n", found->list.id);
  });
  storage::empty_trash(home);
  return status;
}

int manifest_exists(const cli::Arguments& arguments) {
  std::string name;

  cli::Options options("Tell by the exit code whether a manifest list exists: 0 yes, 1 no");
  options.argument("LIST", name);
  options.parse(arguments);

  return images::find_list(home::Home::open(), name) ? 0 : 1;
}

}  // namespace pod_transfer
