#include "pkg/transfer/export.hpp"

#include "pkg/transfer/container_tree.hpp"
#include "pkg/transfer/output.hpp"
#include "pkg/transfer/store.hpp"

namespace transfer {

void export_container(const home::Home& home, const std::string& container,
                      const std::string& path) {
  const containers::Container found = containers::get(home, container);
  Output output(path);
  open_store(home);
  const std::unique_ptr<tar::Source> archive = pack_root(home, found);
  while (true) {
    const std::string_view piece = archive->read();
    if (piece.empty()) break;
    output.write(piece);
  }
  output.commit();
}

}  // namespace transfer
