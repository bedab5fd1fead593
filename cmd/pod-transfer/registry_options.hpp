#pragma once

#include "cmd/cli/options.hpp"
#include "pkg/transfer/push.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace pod_transfer {

// What commands that speak to a registry have in common.
struct RegistryFlags {
  registry::Access access;
  std::int64_t retries = 3;
  std::string delay;

  void declare(cli::Options& options);
  // After parse. Throws base::Error when a named file is not there.
  registry::Access take() const;
};

// How layers are packed for a registry.
struct PackingFlags {
  std::string format;
  std::string compression;
  std::optional<std::int64_t> level;
  bool force = false;

  void declare(cli::Options& options);
  // Into options that have an access already.
  void take(transfer::PushOptions& options) const;
};

// Throws base::Error for what the peers can also push to.
void refuse_other_transports(const std::string& destination);

// --digestfile, when it was given.
void write_digest(const std::string& file, const std::string& digest);

}  // namespace pod_transfer
