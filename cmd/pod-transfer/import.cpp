#include "pkg/transfer/import.hpp"

#include "cmd/pod-transfer/command.hpp"
#include "pkg/base/error.hpp"
#include "pkg/events/log.hpp"

#include <fmt/core.h>

namespace pod_transfer {

int import_image(const cli::Arguments& arguments) {
  transfer::ImportOptions import;
  bool quiet = false;
  std::vector<std::string> words;
  std::string architecture;
  std::string system;

  cli::Options options("Make an image of a root file system's archive");
  options
      .values("-c,--change", import.changes, "Instruction on the configuration: CMD, ENV, USER ...")
      .value("-m,--message", import.message, "Comment in the image's history")
      .value("--arch", architecture, "Architecture of the image")
      .value("--os", system, "Operating system of the image")
      .value("--variant", import.platform.variant, "Variant of the architecture")
      .flag("-q,--quiet", quiet, "Nothing but the image's id; there is nothing else")
      .refuse("--signature-policy")
      .rest("FILE|URL|- [NAME]", words, 1);
  options.parse(arguments);

  if (words.size() > 2) throw base::Error("import: too many arguments: FILE [NAME]");
  import.archive = words[0];
  if (words.size() == 2) import.name = words[1];
  if (!architecture.empty())
    import.platform.architecture = oci::Platform::parse(architecture).architecture;
  if (!system.empty()) import.platform.os = system;
  const home::Home home = home::Home::open();
  const std::string id = transfer::import_archive(home, import);
  events::note(home, "import", {.type = "image", .id = id, .name = import.name});
  fmt::print("sha256:{}\n", id);
  return 0;
}

}  // namespace pod_transfer
