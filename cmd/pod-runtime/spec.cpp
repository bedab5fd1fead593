#include "cmd/pod-runtime/command.hpp"
#include "pkg/base/error.hpp"
#include "pkg/bundle/template.hpp"
#include "pkg/sys/file.hpp"

namespace pod_runtime {

int spec(const Global& /*global*/, const cli::Arguments& arguments) {
  std::string folder = ".";
  bool rootless = false;

  cli::Options options("Write a config.json to begin with");
  options.value("-b,--bundle", folder, "Folder to write it in")
      .flag("--rootless", rootless, "For an ordinary user");
  options.parse(arguments);

  const std::string path = folder + "/config.json";
  if (sys::exists(path)) throw base::Error(path + ": is there already");
  sys::create_file(path, bundle::template_spec(rootless).json().dump(2) + "\n");
  return 0;
}

}  // namespace pod_runtime
