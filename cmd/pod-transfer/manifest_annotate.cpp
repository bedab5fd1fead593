#include "cmd/pod-transfer/command.hpp"
#include "cmd/pod-transfer/entry_options.hpp"
#include "pkg/base/error.hpp"
#include "pkg/transfer/lists.hpp"

namespace pod_transfer {

int manifest_annotate(const cli::Arguments& arguments) {
  EntryFlags entry;
  bool index = false;
  std::vector<std::string> words;

  cli::Options options("Say more about an entry of a manifest list");
  entry.declare(options);
  options.flag("--index", index, "The annotations are for the list itself")
      .refuse("--subject")
      .rest("LIST [IMAGE|DIGEST]", words, 1);
  options.parse(arguments);
  const transfer::EntryNotes& notes = entry.take();
  if (words.size() != (index ? 1U : 2U)) {
    throw base::Error(
        "manifest annotate: expected LIST and an IMAGE or DIGEST in it, or --index LIST");
  }

  const home::Home home = home::Home::open();
  change_list(home, words[0], [&](storage::List& list) {
    if (!index) return transfer::apply(notes, transfer::entry_of(home, list, words[1]).descriptor);
    for (const auto& [key, value] : notes.annotations)
      list.annotations[key] = value;
  });
  return 0;
}

}  // namespace pod_transfer
