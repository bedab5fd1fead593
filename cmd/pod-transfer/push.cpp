#include "pkg/transfer/push.hpp"

#include "cmd/pod-transfer/command.hpp"
#include "cmd/pod-transfer/entry_options.hpp"
#include "cmd/pod-transfer/progress.hpp"
#include "cmd/pod-transfer/registry_options.hpp"
#include "pkg/base/error.hpp"
#include "pkg/events/log.hpp"
#include "pkg/images/catalog.hpp"
#include "pkg/images/ensure.hpp"
#include "pkg/transfer/image_place.hpp"
#include "pkg/transfer/import_store.hpp"
#include "pkg/transfer/lists.hpp"
#include "pkg/transfer/push_list.hpp"
#include "pkg/transfer/sign.hpp"
#include "pkg/transfer/store.hpp"

#include <fmt/core.h>

#include <cstdio>

namespace pod_transfer {
namespace {

struct PushFlags {
  RegistryFlags registry;
  PackingFlags packing;
  bool all = true;
  bool quiet = false;
  bool remove_signatures = false;
  bool compress = false;
  std::string digest_file;
  transfer::SigningKey key;
  std::string passphrase_file;
  std::vector<std::string> words;
};

constexpr const char* kOneWayToSign =
    "images are signed in sigstore's way alone, with --sign-by-sigstore-private-key";

void declare(cli::Options& options, PushFlags& flags) {
  flags.registry.declare(options);
  flags.packing.declare(options);
  options.flag("--all", flags.all, "Of a manifest list its images, too")
      .flag("--compress", flags.compress, "Compress the layers in dir:")
      .value("--digestfile", flags.digest_file, "File that gets the digest of what was pushed")
      .flag("-q,--quiet", flags.quiet, "No progress")
      .flag("--remove-signatures", flags.remove_signatures,
            "Leave signatures behind; none are pushed in any case")
      .ignore_flags("--disable-content-trust")
      .refuse("-a,--all-tags", "name the images one by one")
      .refuse("--encrypt-layer,--encryption-key", "images are not encrypted here")
      .refuse("--sign-by,--sign-by-sigstore,--sign-by-sq-fingerprint", kOneWayToSign)
      .value("--sign-by-sigstore-private-key", flags.key.file, "Sign it with the key of this file")
      .value("--sign-passphrase-file", flags.passphrase_file, "File of the key's passphrase")
      .refuse("--signature-policy", "policy.json has a say in what is pulled, not pushed")
      .rest("IMAGE [DESTINATION]", flags.words, 1);
}

// Archives and folders; what is there has the name that stands behind them, or the image's own.
void save_at(const home::Home& home, const PushFlags& flags, const transfer::ImagePlace& place) {
  transfer::SaveOptions save;
  save.images = {flags.words[0]};
  save.path = place.path;
  save.layout = place.layout;
  const bool is_docker = place.layout == transfer::Layout::DockerArchive;
  if (!place.name.empty()) {
    save.names = {is_docker ? oci::Reference::parse(place.name).text() : place.name};
  }
  if (flags.compress) save.compress = true;
  transfer::save(home, save);
}

std::string destination_of(const PushFlags& flags, const images::Found& found) {
  if (flags.words.size() > 1) return flags.words[1];
  if (!found.name.empty()) return found.name;
  throw base::Error(flags.words[0] + ": was given by id: say where to: IMAGE DESTINATION");
}

// "localhost/app" is what has no place in the world yet.
void advise(base::Error& error, const oci::Reference& reference, bool is_chosen) {
  if (reference.registry() != "localhost" || is_chosen) return;
  throw base::Error(fmt::format("{}: say where to: pod push {} REGISTRY/{}", error.what(),
                                reference.text(), reference.repository()),
                    error.status());
}

void push_as_list(const home::Home& home, const PushFlags& flags,
                  const transfer::PushOptions& options, const images::FoundList& found) {
  if (!flags.key.file.empty()) {
    throw base::Error("--sign-by-sigstore-private-key: a manifest list cannot be signed yet");
  }
  const std::string destination = list_destination(found, flags.words);
  refuse_other_transports(destination);
  const auto report = make_report(flags.quiet, "Pushing");
  const transfer::Store store = transfer::open_store(home);
  const oci::Descriptor pushed = transfer::push_list(
      {home, store, oci::Reference::parse(destination), options, flags.all}, found.list, *report);
  write_digest(flags.digest_file, pushed.digest.text());
  if (!flags.quiet) fmt::print(stderr, "Digest: {}\n", pushed.digest.text());
}

}  // namespace

int push(const cli::Arguments& arguments) {
  PushFlags flags;
  cli::Options options("Bring an image to a registry");
  declare(options, flags);
  options.parse(arguments);
  if (flags.words.size() > 2) throw base::Error("push: too many arguments: IMAGE [DESTINATION]");
  transfer::PushOptions push{.access = flags.registry.take()};
  flags.packing.take(push);
  transfer::read_key(flags.key, flags.passphrase_file);

  const home::Home home = home::Home::open();
  if (const auto list = images::find_list(home, flags.words[0])) {
    push_as_list(home, flags, push, *list);
    return 0;
  }
  auto found = images::find_named(home, flags.words[0], false);
  if (!found) throw base::Error(flags.words[0] + ": image not known");
  const std::string destination = destination_of(flags, *found);
  found->image.manifest_digest = images::manifest_digest_of(
      home, found->image, found->name.empty() ? flags.words[0] : found->name);
  if (const auto place = transfer::find_place(destination)) {
    save_at(home, flags, *place);
    return 0;
  }
  const oci::Reference reference = oci::Reference::parse(destination);

  const std::unique_ptr<transfer::Report> report = make_report(flags.quiet, "Pushing");
  const transfer::Store store = transfer::open_store(home);
  const storage::Image image = transfer::owned(home, store, found->image);
  report->begin(reference.text());
  try {
    transfer::Pusher pusher(home, store, reference, push, *report, {&image, 1});
    const std::string name = reference.digest() ? reference.digest()->text() : reference.tag();
    const oci::Descriptor pushed = pusher.push_image(image, name);
    report->end();
    if (!flags.key.file.empty()) {
      transfer::sign_manifest(pusher.client(), reference, pushed.digest, flags.key);
    }
    events::note(home, "push", {.type = "image", .id = found->image.id, .name = reference.text()});
    write_digest(flags.digest_file, pushed.digest.text());
    if (!flags.quiet) fmt::print(stderr, "Digest: {}\n", pushed.digest.text());
  } catch (base::Error& error) {
    report->end();
    advise(error, reference, flags.words.size() > 1);
    throw;
  }
  return 0;
}

}  // namespace pod_transfer
