#include "cmd/pod-transfer/command.hpp"
#include "pkg/transfer/copy.hpp"

namespace pod_transfer {

int cp(const cli::Arguments& arguments) {
  transfer::CopyRequest request;

  cli::Options options("Copy files between a container and this host, or another container");
  options
      .flag("-a,--archive", request.to_user,
            "What comes into a container belongs to its user; false: to whom it belonged")
      .flag("--overwrite", request.overwrite,
            "Directories by what is none, and the other way round")
      .ignore_flags("--pause,--extract,-q,--quiet,-L,--follow-link")
      .argument("SOURCE", request.from)
      .argument("DESTINATION", request.to);
  options.parse(arguments);

  transfer::copy_files(home::Home::open(), request);
  return 0;
}

}  // namespace pod_transfer
