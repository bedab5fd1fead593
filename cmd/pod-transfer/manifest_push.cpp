#include "cmd/pod-transfer/command.hpp"
#include "cmd/pod-transfer/entry_options.hpp"
#include "cmd/pod-transfer/progress.hpp"
#include "cmd/pod-transfer/registry_options.hpp"
#include "pkg/base/error.hpp"
#include "pkg/transfer/lists.hpp"
#include "pkg/transfer/push_list.hpp"
#include "pkg/transfer/store.hpp"
#include "storage/trash.hpp"

#include <fmt/core.h>

namespace pod_transfer {
namespace {

struct ManifestPushFlags {
  RegistryFlags registry;
  PackingFlags packing;
  bool all = true;
  bool remove = false;
  bool quiet = false;
  bool insecure = false;
  bool remove_signatures = false;
  std::string digest_file;
  std::vector<std::string> words;
};

void declare(cli::Options& options, ManifestPushFlags& flags) {
  flags.registry.declare(options);
  flags.packing.declare(options);
  options.flag("--all", flags.all, "The images, too, and not only the list")
      .value("--digestfile", flags.digest_file, "File that gets the digest of the list")
      .flag("--insecure", flags.insecure, "As --tls-verify=false")
      .hidden()
      .flag("-q,--quiet", flags.quiet, "No progress")
      .flag("--remove-signatures", flags.remove_signatures,
            "Leave signatures behind; none are pushed in any case")
      .flag("-p,--rm,--purge", flags.remove, "Remove the list here when it is there")
      .refuse("--add-compression")
      .refuse("--sign-by,--sign-by-sigstore,--sign-by-sigstore-private-key,--sign-passphrase-file")
      .rest("LIST [DESTINATION]", flags.words, 1);
}

}  // namespace

int manifest_push(const cli::Arguments& arguments) {
  ManifestPushFlags flags;
  cli::Options options("Bring a manifest list and its images to a registry");
  declare(options, flags);
  options.parse(arguments);
  if (flags.words.size() > 2) {
    throw base::Error("manifest push: too many arguments: LIST [DESTINATION]");
  }
  if (flags.insecure) flags.registry.access.tls_verify = false;
  transfer::PushOptions push{.access = flags.registry.take()};
  flags.packing.take(push);

  const home::Home home = home::Home::open();
  const images::FoundList found = transfer::list_of(home, flags.words[0]);
  const std::string destination = list_destination(found, flags.words);
  refuse_other_transports(destination);
  const auto report = make_report(flags.quiet, "Pushing");
  const transfer::Store store = transfer::open_store(home);
  const oci::Descriptor pushed = transfer::push_list(
      {home, store, oci::Reference::parse(destination), push, flags.all}, found.list, *report);
  write_digest(flags.digest_file, pushed.digest.text());
  if (flags.remove) {
    storage::ListStore(store.layout).remove(found.list.id);
    storage::empty_trash(home);
  }
  fmt::print("{}\n", pushed.digest.text());
  return 0;
}

}  // namespace pod_transfer
