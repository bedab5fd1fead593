#pragma once

#include "pkg/home/home.hpp"
#include "pkg/images/lists.hpp"
#include "pkg/oci/reference.hpp"
#include "pkg/registry/client.hpp"
#include "storage/list_store.hpp"

#include <map>
#include <string>
#include <vector>

namespace transfer {

// What the user says about an entry of a list, in place of what is known of the image.
struct EntryNotes {
  std::string architecture;
  std::string system;
  std::string variant;
  std::string system_version;
  std::vector<std::string> system_features;
  std::vector<std::string> features;
  std::map<std::string, std::string> annotations;
};
void apply(const EntryNotes& notes, base::Json& descriptor);

// As images::find_list. Throws base::Error when there is none.
images::FoundList list_of(const home::Home& home, const std::string& text, bool with_names = false);
// Into the store, in place of what it was.
void save_list(const storage::Layout& layout, storage::List list);

// The entries that an image stands for: an image here, a list here, or what a registry has by that
// name ("docker://NAME" is never looked for here). Of an index there either `all` entries or the
// one for this host.
std::vector<storage::List::Entry> find_entries(const home::Home& home,
                                               const registry::Access& access,
                                               const std::string& image, bool all);

// Adds them; an entry with the same digest is replaced.
void add_entries(storage::List& list, std::vector<storage::List::Entry> entries);
// Which entry a digest, or the name of an image in the list, means. Throws base::Error when none.
storage::List::Entry& entry_of(const home::Home& home, storage::List& list,
                               const std::string& text);

// The index as text: OCI's, or Docker's manifest list.
bool is_docker_list(const storage::List& list);  // which one fits all entries
registry::Document index_document(const storage::List& list, bool docker);

}  // namespace transfer
