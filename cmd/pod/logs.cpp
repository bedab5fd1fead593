#include "cmd/pod/command.hpp"
#include "cmd/pod/log_options.hpp"
#include "pkg/base/error.hpp"
#include "pkg/pods/pod.hpp"

#include <fmt/core.h>

namespace pod {
namespace {

// `logs POD CONTAINER` and `logs -c CONTAINER POD` name a container by the name it has in its pod;
// otherwise names are those of containers.
std::vector<containers::Container> wanted(const home::Home& home, std::vector<std::string> names,
                                          const std::string& member) {
  if (!member.empty()) names.push_back(member);
  if (names.size() == 2 && !containers::find(home, names.front())) {
    const std::optional<pods::Pod> pod = pods::find(home, names.front());
    if (pod) return {member_of(home, *pod, names.back())};
  }
  if (!member.empty()) throw base::Error("--container: name one pod");
  std::vector<containers::Container> found;
  for (const std::string& name : names)
    found.push_back(containers::get(home, name));
  return found;
}

}  // namespace

int logs(Arguments arguments) {
  std::vector<std::string> names;
  std::string member;
  bool latest = false;
  LogFlags flags;

  cli::Options options("Show what containers wrote");
  flags.declare(options);
  options.value("-c,--container", member, "One container of the pod that is named")
      .flag("-l,--latest", latest, "The newest container")
      .rest("CONTAINER", names);
  options.parse(arguments);

  const home::Home home = home::Home::open();
  std::vector<containers::Container> chosen = wanted(home, names, member);
  if (latest) {
    const std::optional<containers::Container> newest = containers::latest(home);
    if (!newest) throw base::Error("there is no container");
    chosen.push_back(*newest);
  }
  if (chosen.empty()) throw base::Error("name a container, or use --latest");
  containers::print_logs(home, chosen, flags.take());
  return 0;
}

}  // namespace pod
