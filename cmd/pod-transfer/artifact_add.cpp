#include "cmd/pod-transfer/command.hpp"
#include "cmd/pod-transfer/entry_options.hpp"
#include "pkg/base/error.hpp"
#include "pkg/transfer/artifacts.hpp"

#include <fmt/core.h>

namespace pod_transfer {

int artifact_add(const cli::Arguments& arguments) {
  transfer::ArtifactOptions artifact;
  std::vector<std::string> annotations;
  std::string name;
  std::vector<std::string> files;

  cli::Options options("Make an artifact of files");
  options.values("--annotation", annotations, "KEY=VALUE for the files")
      .flag("-a,--append", artifact.append, "Add to the artifact that has the name")
      .value("--file-type", artifact.file_type, "Media type of the files")
      .flag("--replace", artifact.replace, "In place of the artifact that has the name")
      .value("--type", artifact.type, "Type of the artifact")
      .argument("ARTIFACT", name)
      .rest("PATH", files, 1);
  options.parse(arguments);
  if (artifact.append && (artifact.replace || !artifact.type.empty())) {
    throw base::Error("--append: goes neither with --replace nor with --type");
  }
  artifact.annotations = parse_annotations(annotations);

  const std::string digest = transfer::add_artifact(home::Home::open(), name, files, artifact);
  fmt::print("{}\n", digest.substr(digest.find(':') + 1));
  return 0;
}

}  // namespace pod_transfer
