#include "cmd/pod-transfer/command.hpp"
#include "pkg/base/error.hpp"
#include "pkg/transfer/import_store.hpp"

#include <fmt/core.h>

#include <cstdio>

namespace pod_transfer {

int image_import_store(const cli::Arguments& arguments) {
  transfer::StoreImport import;

  cli::Options options("Take images over from podman's store, without a registry");
  options
      .value("--from", import.from, "podman, for the store that it has of yours, or another's path")
      .rest("[IMAGE]", import.images);
  options.parse(arguments);

  std::string failure;
  transfer::import_store(home::Home::open(), import,
                         {.on_image =
                              [](const transfer::TakenOver& image) {
                                if (image.names.empty())
                                  fmt::print("Imported image: sha256:{}\n", image.id);
                                for (const std::string& name : image.names)
                                  fmt::print("Imported image: {}\n", name);
                                std::fflush(stdout);
                              },
                          .on_failure =
                              [&](const std::string& text) {
                                if (!failure.empty())
                                  fmt::print(stderr, "pod: image import-store: {}\n", failure);
                                failure = text;
                              }});
  if (!failure.empty()) throw base::Error(failure);
  return 0;
}

}  // namespace pod_transfer
