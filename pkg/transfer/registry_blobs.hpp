#pragma once

#include "pkg/registry/client.hpp"
#include "pkg/sys/signals.hpp"
#include "pkg/transfer/layers.hpp"
#include "pkg/transfer/report.hpp"
#include "storage/layout.hpp"

#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace transfer {

// Throws base::Error of status 128 and more when one of the signals has come.
void end_when_told(sys::SignalQueue& signals);

// Blobs from a registry: all downloads at once, each streamed into its directory while it arrives.
// SIGINT and SIGTERM end it with an error of status 130 or 143. What has come of a layer over a
// slow line stays in the store, also when we are killed; it goes through all checks again with the
// rest.
class RegistryBlobs : public Blobs {
 public:
  RegistryBlobs(registry::Client& client, Report& report, storage::Layout layout)
      : client_(client), report_(report), layout_(std::move(layout)) {}

  std::vector<Unpacked> unpack(std::span<const Job> jobs) override;
  std::vector<std::optional<Unpacked>> rescue() override { return std::move(complete_); }

 private:
  registry::Client& client_;
  Report& report_;
  storage::Layout layout_;
  std::vector<std::optional<Unpacked>> complete_;
};

}  // namespace transfer
