#pragma once

#include "pkg/base/json.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Programs that are run at points of a container's life; runtime-spec, config.md, "POSIX-platform
// Hooks".
namespace oci {

struct Hook {
  std::string path;
  std::vector<std::string> args;                // with the program's name
  std::optional<std::vector<std::string>> env;  // nothing: that of whoever runs it
  std::optional<std::int64_t> timeout;          // seconds
};

struct Hooks {
  std::vector<Hook> prestart;
  std::vector<Hook> create_runtime;
  std::vector<Hook> create_container;
  std::vector<Hook> start_container;
  std::vector<Hook> poststart;
  std::vector<Hook> poststop;

  static Hooks parse(const base::Json& json);
  base::Json json() const;
};

}  // namespace oci
