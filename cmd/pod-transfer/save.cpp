#include "pkg/transfer/save.hpp"

#include "cmd/pod-transfer/command.hpp"
#include "pkg/base/error.hpp"
#include "pkg/events/log.hpp"

namespace pod_transfer {

int save(const cli::Arguments& arguments) {
  transfer::SaveOptions save;
  std::string format;
  bool compress = false;
  bool plain = false;
  bool quiet = false;

  cli::Options options("Write images to an archive or a folder");
  options.flag("--compress", compress, "Compress the layers in a docker-dir")
      .value("--format", format, "docker-archive, oci-archive, docker-dir or oci-dir")
      .flag("-m,--multi-image-archive", save.several, "Every name is an image of its own")
      .value("-o,--output", save.path, "File or folder in place of standard output")
      .flag("-q,--quiet", quiet, "No progress; there is none")
      .flag("--uncompressed", plain, "Do not compress the layers in OCI's formats")
      .refuse("--signature-policy", "policy.json has a say in what is pulled, not saved")
      .rest("IMAGE", save.images, 1);
  options.parse(arguments);

  save.layout = transfer::parse_layout(format);
  if (compress && plain) throw base::Error("--compress and --uncompressed contradict each other");
  if (compress || plain) save.compress = compress;
  const home::Home home = home::Home::open();
  transfer::save(home, save);
  for (const std::string& name : save.images)
    events::note(home, "save", {.type = "image", .name = name});
  return 0;
}

}  // namespace pod_transfer
