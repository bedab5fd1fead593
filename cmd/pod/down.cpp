#include "pkg/kube/down.hpp"

#include "cmd/cli/options.hpp"
#include "cmd/pod/command.hpp"
#include "pkg/base/error.hpp"
#include "pkg/kube/load.hpp"

#include <fmt/core.h>

#include <string>
#include <vector>

namespace pod {
namespace {

void print(const char* what, const std::vector<std::string>& ids) {
  fmt::print("{}:\n", what);
  for (const std::string& id : ids)
    fmt::print("{}\n", id);
}

}  // namespace

int down(Arguments arguments) {
  std::vector<std::string> files;
  bool force = false;
  bool quiet = false;

  cli::Options options("Stop and remove the pods of Kubernetes YAML files (- is standard input)");
  options.flag("--force", force, "Remove volumes as well; those of a pod always go with it")
      .flag("-q,--quiet", quiet, "Show nothing")
      .rest("FILE", files, 1);
  options.parse(arguments);

  const std::vector<std::string> names = kube::pod_names(files);
  kube::TakenDown done;
  const auto tell = [&] {
    if (quiet) return;
    print("Pods stopped", done.stopped);
    print("Pods removed", done.removed);
  };
  try {
    kube::take_down(home::Home::open(), names, done);
  } catch (const base::Error&) {
    tell();
    throw;
  }
  tell();
  return 0;
}

}  // namespace pod
