#pragma once

#include "pkg/base/json.hpp"
#include "pkg/base/time.hpp"
#include "pkg/oci/digest.hpp"
#include "pkg/oci/platform.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace oci {

struct HistoryEntry {
  base::Time created = 0;
  std::string created_by;
  std::string comment;
  std::string author;
  bool empty_layer = false;
};

// image-spec, config.md, with Docker's additions.
struct ImageConfig {
  Platform platform;
  base::Time created = 0;
  std::string author;
  std::string user;
  std::vector<std::string> exposed_ports;  // "80/tcp"
  std::vector<std::string> env;            // "NAME=value"
  std::vector<std::string> entrypoint;
  std::vector<std::string> cmd;
  std::vector<std::string> volumes;
  std::string working_dir;
  std::map<std::string, std::string> labels;
  std::string stop_signal;
  std::vector<std::string> on_build;
  std::vector<std::string> shell;
  base::Json healthcheck;  // Docker's, as it stands; null when there is none
  std::vector<Digest> diff_ids;
  std::vector<HistoryEntry> history;

  // Throws base::Error naming the member.
  static ImageConfig parse(std::string_view bytes);
  base::Json json() const;  // for images that we make: import, commit
};

// The names of layers by themselves and all below them (image-spec, config.md, "Layer ChainID"),
// bottom first, as hex. Needs SHA-256, so it is computed where images come in: transfer side.

}  // namespace oci
