#include "pkg/containers/namespaces.hpp"

#include "pkg/sys/namespaces.hpp"

namespace containers {

std::map<std::string, std::string> namespaces_of(const State& state) {
  std::map<std::string, std::string> found;
  if (!state.is_running()) return found;
  for (const char* kind : {"cgroup", "ipc", "mnt", "net", "pid", "user", "uts"}) {
    const auto ns = sys::find_namespace(state.process.pid, kind);
    if (!ns) continue;
    const std::string identity = sys::namespace_identity(*ns, kind);  // "mnt:[4026531840]"
    const std::size_t from = identity.find('[') + 1;
    found[kind] = identity.substr(from, identity.size() - from - 1);
  }
  return found;
}

}  // namespace containers
