#include "pkg/kube/down.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/pods/lifecycle.hpp"

#include <optional>

namespace kube {

void take_down(const home::Home& home, const std::vector<std::string>& names, TakenDown& done) {
  std::vector<std::string> errors;
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    const auto pod = pods::find(home, *name);
    if (!pod || pod->name != *name) continue;
    try {
      pods::stop(home, *pod, std::nullopt);
      done.stopped.push_back(pod->id);
      pods::remove(home, *pod, true, std::nullopt);
      done.removed.push_back(pod->id);
    } catch (base::Error& error) {
      error.during("pod " + *name);
      errors.emplace_back(error.what());
    }
  }
  if (!errors.empty()) throw base::Error(base::join(errors, "\n"));
}

}  // namespace kube
