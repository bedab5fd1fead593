#include "cmd/pod-transfer/command.hpp"
#include "pkg/transfer/volumes.hpp"

namespace pod_transfer {

int volume_export(const cli::Arguments& arguments) {
  std::string volume;
  std::string output;

  cli::Options options("Write what is in a volume as an archive");
  options.value("-o,--output", output, "File in place of standard output")
      .argument("VOLUME", volume);
  options.parse(arguments);

  transfer::export_volume(home::Home::open(), volume, output);
  return 0;
}

int volume_import(const cli::Arguments& arguments) {
  std::string volume;
  std::string archive;

  cli::Options options("Put what an archive has into a volume");
  options.argument("VOLUME", volume).argument("ARCHIVE", archive);
  options.parse(arguments);

  transfer::import_volume(home::Home::open(), volume, archive);
  return 0;
}

}  // namespace pod_transfer
