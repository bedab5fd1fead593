#include "pkg/transfer/export.hpp"

#include "cmd/pod-transfer/command.hpp"

namespace pod_transfer {

int export_container(const cli::Arguments& arguments) {
  std::string container;
  std::string output;

  cli::Options options("Write a container's root as an archive");
  options.value("-o,--output", output, "File in place of standard output")
      .argument("CONTAINER", container);
  options.parse(arguments);

  transfer::export_container(home::Home::open(), container, output);
  return 0;
}

}  // namespace pod_transfer
