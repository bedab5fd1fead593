#pragma once

#include "cmd/cli/options.hpp"
#include "pkg/transfer/lists.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace pod_transfer {

// What is said about an entry of a manifest list.
struct EntryFlags {
  transfer::EntryNotes notes;
  std::vector<std::string> annotations;

  void declare(cli::Options& options);
  const transfer::EntryNotes& take();  // after parse
};

// "KEY=VALUE" words. Throws base::Error for others.
std::map<std::string, std::string> parse_annotations(const std::vector<std::string>& words);

// Where a list goes that is pushed as LIST [DESTINATION]. Throws base::Error when nothing says it.
std::string list_destination(const images::FoundList& found, const std::vector<std::string>& words);

// Changes a list while nobody else does, and shows its id.
void change_list(const home::Home& home, const std::string& name,
                 const std::function<void(storage::List&)>& change);

}  // namespace pod_transfer
