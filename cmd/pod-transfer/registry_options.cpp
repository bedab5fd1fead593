#include "cmd/pod-transfer/registry_options.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/time.hpp"
#include "pkg/sys/file.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>

namespace pod_transfer {

void RegistryFlags::declare(cli::Options& options) {
  options.value("--authfile", access.auth_file, "Credentials file, in place of the usual ones")
      .value("--cert-dir", access.cert_dir, "Folder of the registry's certificates")
      .value("--creds", access.creds, "USER:PASSWORD for the registry")
      .value("--retry", retries, "How often to try again in a row")
      .value("--retry-delay", delay, "Wait before the first retry, doubled for each further")
      .flag("--tls-verify", access.tls_verify, "Insist on HTTPS and its certificates");
}

registry::Access RegistryFlags::take() const {
  registry::Access made = access;
  const char* auth_file = std::getenv("REGISTRY_AUTH_FILE");
  if (made.auth_file.empty() && auth_file != nullptr) made.auth_file = auth_file;
  constexpr std::int64_t kMostRetries = 100;
  made.patience.retries = static_cast<int>(std::clamp<std::int64_t>(retries, 0, kMostRetries));
  if (!delay.empty()) {
    made.patience.delay =
        std::chrono::duration_cast<std::chrono::milliseconds>(base::parse_duration(delay));
  }
  return made;
}

void PackingFlags::declare(cli::Options& options) {
  options.value("--compression-format", compression, "How layers are compressed: gzip, zstd")
      .value("--compression-level", level, "How hard they are compressed: gzip 1-9, zstd 1-22")
      .flag("--force-compression", force,
            "Pack layers even when the registry has them packed otherwise")
      .value("-f,--format", format, "Format of the manifest: oci, v2s2");
}

void PackingFlags::take(transfer::PushOptions& options) const {
  options.format = transfer::parse_manifest_format(format);
  if (!compression.empty()) {
    try {
      options.compression = tar::parse_compression(compression);
    } catch (base::Error& error) {
      error.during("--compression-format");
      throw;
    }
    if (options.compression == tar::Compression::None) {
      throw base::Error("--compression-format none: not one of gzip, zstd");
    }
  }
  if (level) options.level = static_cast<int>(std::clamp<std::int64_t>(*level, -1, 1000));
  options.force_compression = force;
}

void refuse_other_transports(const std::string& destination) {
  for (const char* transport : {"dir:", "oci:", "oci-archive:", "docker-archive:", "docker-daemon:",
                                "containers-storage:", "ostree:"}) {
    if (!destination.starts_with(transport)) continue;
    throw base::Error(destination +
                      ": only registries are pushed to yet; `pod save` writes archives");
  }
}

void write_digest(const std::string& file, const std::string& digest) {
  if (!file.empty()) sys::replace_file(file, digest);
}

}  // namespace pod_transfer
