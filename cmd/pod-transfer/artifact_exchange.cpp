#include "cmd/pod-transfer/command.hpp"
#include "cmd/pod-transfer/registry_options.hpp"
#include "pkg/transfer/artifacts.hpp"

#include <fmt/core.h>

#include <optional>

namespace pod_transfer {

int artifact_pull(const cli::Arguments& arguments) {
  RegistryFlags registry;
  bool quiet = false;
  std::string name;

  cli::Options options("Bring an artifact from a registry");
  registry.declare(options);
  options.flag("-q,--quiet", quiet, "Nothing but the digest; there is nothing else")
      .refuse("--decryption-key")
      .argument("ARTIFACT", name);
  options.parse(arguments);

  const std::string digest = transfer::pull_artifact(home::Home::open(), registry.take(), name);
  fmt::print("{}\n", digest.substr(digest.find(':') + 1));
  return 0;
}

int artifact_push(const cli::Arguments& arguments) {
  RegistryFlags registry;
  bool quiet = false;
  std::string digest_file;
  std::string name;
  std::optional<std::string> destination;

  cli::Options options("Bring an artifact to a registry");
  registry.declare(options);
  options.value("--digestfile", digest_file, "File that gets the digest of what was pushed")
      .flag("-q,--quiet", quiet, "Do not show the digest")
      .refuse("--sign-by,--sign-by-sigstore,--sign-by-sigstore-private-key,--sign-passphrase-file")
      .argument("ARTIFACT", name)
      .argument("DESTINATION", destination);
  options.parse(arguments);

  const home::Home home = home::Home::open();
  const storage::Artifact artifact = transfer::artifact_of(storage::Layout(home), name);
  const std::string digest =
      transfer::push_artifact(home, registry.take(), artifact, destination.value_or(artifact.name));
  write_digest(digest_file, digest);
  if (!quiet) fmt::print("{}\n", digest);
  return 0;
}

}  // namespace pod_transfer
