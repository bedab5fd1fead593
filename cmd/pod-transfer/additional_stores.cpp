#include "cmd/pod-transfer/command.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/json.hpp"
#include "pkg/registry/storage_conf.hpp"
#include "pkg/sys/file.hpp"

#include <fmt/core.h>

namespace pod_transfer {

// What storage::additional_stores asks: of one storage.conf, as JSON.
int additional_stores(const cli::Arguments& arguments) {
  const std::string& path = arguments.words.at(0);
  base::Json answer = base::Json::object();
  try {
    answer["stores"] =
        base::Json(registry::StorageConf::parse(sys::read_file(path), path).additional);
  } catch (const base::Error& error) {
    answer["trouble"] = error.what();
  }
  fmt::print("{}\n", answer.dump());
  return 0;
}

}  // namespace pod_transfer
