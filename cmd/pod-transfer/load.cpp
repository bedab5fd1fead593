#include "pkg/transfer/load.hpp"

#include "cmd/pod-transfer/command.hpp"
#include "pkg/base/error.hpp"

#include <fmt/core.h>

namespace pod_transfer {

int load(const cli::Arguments& arguments) {
  transfer::ImagePlace place{.path = "-"};
  bool quiet = false;
  std::vector<std::string> words;

  cli::Options options("Bring images from an archive that save made");
  options.value("-i,--input", place.path, "Archive, folder or URL in place of standard input")
      .flag("-q,--quiet", quiet, "No progress; names are printed all the same")
      .value("--signature-policy", place.signature_policy,
             "Policy file, in place of the usual ones")
      .hidden()
      .rest("", words);
  options.parse(arguments);

  if (!words.empty()) throw base::Error("load: takes no arguments: -i FILE");
  const home::Home home = home::Home::open();
  for (const transfer::LoadedImage& image : transfer::load(home, place)) {
    note_loaded(home, image.id, image.names);
    if (image.names.empty()) fmt::print("Loaded image: sha256:{}\n", image.id);
    for (const std::string& name : image.names)
      fmt::print("Loaded image: {}\n", name);
  }
  return 0;
}

}  // namespace pod_transfer
