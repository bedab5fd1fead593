#include "cmd/pod-transfer/entry_options.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "storage/staging.hpp"

#include <fmt/core.h>

namespace pod_transfer {

void EntryFlags::declare(cli::Options& options) {
  options.values("--annotation", annotations, "KEY=VALUE for the entry")
      .value("--arch", notes.architecture, "Architecture of the entry")
      .list("--features", notes.features, "Features that the entry needs")
      .value("--os", notes.system, "Operating system of the entry")
      .list("--os-features", notes.system_features, "Features of the system that the entry needs")
      .value("--os-version", notes.system_version, "Version of the system that the entry needs")
      .value("--variant", notes.variant, "Variant of the entry's architecture");
}

const transfer::EntryNotes& EntryFlags::take() {
  notes.annotations = parse_annotations(annotations);
  return notes;
}

std::map<std::string, std::string> parse_annotations(const std::vector<std::string>& words) {
  std::map<std::string, std::string> parsed;
  for (const std::string& word : words) {
    const auto [key, value] = base::split_once(word, '=');
    if (key.empty() || !value) {
      throw base::Error(fmt::format("--annotation {}: expected KEY=VALUE", word));
    }
    parsed[key] = *value;
  }
  return parsed;
}

std::string list_destination(const images::FoundList& found,
                             const std::vector<std::string>& words) {
  if (words.size() > 1) return words[1];
  if (!found.name.empty()) return found.name;
  throw base::Error(words[0] + ": was given by id: say where to: LIST DESTINATION");
}

void change_list(const home::Home& home, const std::string& name,
                 const std::function<void(storage::List&)>& change) {
  const storage::Layout layout(home);
  layout.prepare();
  const std::string id = transfer::list_of(home, name).list.id;
  const auto lock = storage::NamedLock::take(layout, "list-" + id);
  auto list = storage::ListStore(layout).find(id);
  if (!list) throw base::Error(name + ": the list is gone");
  change(*list);
  transfer::save_list(layout, *list);
  fmt::print("{}\n", id);
}

}  // namespace pod_transfer
