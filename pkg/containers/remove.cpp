#include "pkg/base/error.hpp"
#include "pkg/containers/lifecycle.hpp"
#include "pkg/containers/sweep.hpp"
#include "pkg/containers/volumes.hpp"
#include "storage/trash.hpp"

#include <fmt/core.h>

namespace containers {

void throw_away(const home::Home& home, const Container& container, const RemoveOptions& options) {
  constexpr int kInUse = 2;
  const State state = state_of(home, container);
  if (state.is_running() && !options.force) {
    throw base::Error(fmt::format("container {} is {}: stop it first, or use --force",
                                  container.name, status_word(state.status)),
                      kInUse);
  }
  stop_by_force(home, container, options.timeout);
  if (!find_by_id(home, container.id)) return;  // --rm: gone with its end
  remove_files(home, container, options.volumes);
}

void remove(const home::Home& home, const Container& container, const RemoveOptions& options) {
  throw_away(home, container, options);
  tidy_up(home);
}

}  // namespace containers
