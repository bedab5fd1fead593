#include "cmd/pod/command.hpp"
#include "storage/volume_store.hpp"

namespace pod {

int volume_exists(Arguments arguments) {
  std::string name;

  cli::Options options("Tell by the exit code whether a volume exists: 0 yes, 1 no");
  options.argument("VOLUME", name);
  options.parse(arguments);

  const storage::VolumeStore store{storage::Layout(home::Home::open())};
  return store.find(name) ? 0 : 1;
}

}  // namespace pod
