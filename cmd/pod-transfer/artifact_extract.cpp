#include "cmd/pod-transfer/command.hpp"
#include "pkg/base/error.hpp"
#include "pkg/transfer/artifacts.hpp"

namespace pod_transfer {

int artifact_extract(const cli::Arguments& arguments) {
  transfer::Choice choice;
  std::string name;
  std::string target;

  cli::Options options("Copy the files of an artifact out");
  options.value("--digest", choice.digest, "Only the file of this digest")
      .value("--title", choice.title, "Only the file of this name")
      .argument("ARTIFACT", name)
      .argument("PATH", target);
  options.parse(arguments);
  if (!choice.digest.empty() && !choice.title.empty()) {
    throw base::Error("--digest and --title: one of them is enough");
  }

  const storage::Layout layout(home::Home::open());
  transfer::extract_artifact(layout, transfer::artifact_of(layout, name), target, choice);
  return 0;
}

}  // namespace pod_transfer
