#include "pkg/transfer/pull.hpp"

#include "cmd/pod-transfer/command.hpp"
#include "cmd/pod-transfer/progress.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/base/time.hpp"
#include "pkg/events/log.hpp"
#include "pkg/images/ensure.hpp"
#include "pkg/registry/search.hpp"
#include "pkg/transfer/load.hpp"
#include "pkg/transfer/names.hpp"
#include "pkg/transfer/store.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <limits>
#include <optional>

namespace pod_transfer {
namespace {

struct PullFlags {
  transfer::PullOptions pull;
  bool quiet = false;
  bool all_tags = false;
  std::string policy = "always";
  std::string platform;
  std::string architecture;
  std::string system;
  std::string variant;
  std::int64_t retries = 3;
  std::string delay;
  std::vector<std::string> names;
};

void declare(cli::Options& options, PullFlags& flags) {
  registry::Access& access = flags.pull.access;
  options.flag("-a,--all-tags", flags.all_tags, "Every tag of the repository")
      .value("--arch", flags.architecture, "Architecture to choose")
      .value("--authfile", access.auth_file, "Credentials file, in place of the usual ones")
      .value("--cert-dir", access.cert_dir, "Folder of the registry's certificates")
      .value("--creds", access.creds, "USER:PASSWORD for the registry")
      .value("--os", flags.system, "Operating system to choose")
      .value("--platform", flags.platform, "OS/ARCH[/VARIANT] to choose")
      .value("--policy", flags.policy, "When to ask the registry: always, missing, newer, never")
      .flag("-q,--quiet", flags.quiet, "Nothing but the image's id")
      .value("--retry", flags.retries, "How often to try again in a row")
      .value("--retry-delay", flags.delay, "Wait before the first retry, doubled for each further")
      .flag("--tls-verify", access.tls_verify, "Insist on HTTPS and its certificates")
      .value("--variant", flags.variant, "Variant of the architecture to choose")
      .ignore_flags("--disable-content-trust")
      .refuse("--decryption-key", "images are not decrypted here")
      .value("--signature-policy", flags.pull.signature_policy,
             "Policy file, in place of the usual ones")
      .hidden()
      .rest("IMAGE", flags.names, 1);
}

std::optional<oci::Platform> platform_of(const PullFlags& flags) {
  const bool in_parts =
      !flags.architecture.empty() || !flags.system.empty() || !flags.variant.empty();
  if (!flags.platform.empty()) {
    if (in_parts) throw base::Error("--platform says what --arch, --os and --variant say as well");
    return oci::Platform::parse(flags.platform);
  }
  if (!in_parts) return std::nullopt;
  oci::Platform platform = oci::Platform::host();
  if (!flags.architecture.empty()) platform = oci::Platform::parse(flags.architecture);
  if (!flags.system.empty()) platform.os = flags.system;
  if (!flags.variant.empty()) platform.variant = flags.variant;
  return platform;
}

transfer::PullOptions options_of(PullFlags& flags) {
  flags.pull.policy = images::parse_pull_policy(flags.policy);
  flags.pull.platform = platform_of(flags);
  const char* auth_file = std::getenv("REGISTRY_AUTH_FILE");
  if (flags.pull.access.auth_file.empty() && auth_file != nullptr) {
    flags.pull.access.auth_file = auth_file;
  }
  flags.pull.access.patience.retries =
      static_cast<int>(std::clamp<std::int64_t>(flags.retries, 0, 100));
  if (!flags.delay.empty()) {
    flags.pull.access.patience.delay =
        std::chrono::duration_cast<std::chrono::milliseconds>(base::parse_duration(flags.delay));
  }
  return flags.pull;
}

}  // namespace

// Each name once for every tag that its repository has.
std::vector<std::string> with_all_tags(const home::Home& home, const PullFlags& flags) {
  std::vector<std::string> names;
  for (const std::string& name : flags.names) {
    if (transfer::find_place(name)) throw base::Error(name + ": --all-tags is for registries");
    const auto references = transfer::complete(home, transfer::read_configuration(home), name);
    const oci::Reference& repository = references.front();
    constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
    for (const std::string& tag : registry::list_tags(home, repository, kAll, flags.pull.access)) {
      names.push_back(repository.name() + ":" + tag);
    }
  }
  return names;
}

// All images of an archive or folder; the last one's id comes last, for `run`.
void print_loaded(const home::Home& home, const std::vector<transfer::LoadedImage>& images) {
  for (const transfer::LoadedImage& image : images) {
    note_loaded(home, image.id, image.names);
    fmt::print("{}\n", image.id);
  }
}

// A newer image would be welcome, the one that is here does as well.
std::string pull_newer(const home::Home& home, const std::string& name,
                       const std::function<std::string()>& pull) try {
  return pull();
} catch (const base::Error& error) {
  const std::optional<storage::Image> here = images::find(home, name);
  if (!here || error.status() > 128) throw;
  base::log::warn("{}; the image that is here is used", error.what());
  return here->id;
}

int pull(const cli::Arguments& arguments) {
  PullFlags flags;
  cli::Options options("Bring images from their registries");
  declare(options, flags);
  options.parse(arguments);
  const transfer::PullOptions pull = options_of(flags);

  const home::Home home = home::Home::open();
  const std::unique_ptr<transfer::Report> report = make_report(flags.quiet);
  std::optional<transfer::Store> store;
  if (flags.all_tags) flags.names = with_all_tags(home, flags);
  return for_each(flags.names, [&](const std::string& name) {
    if (const auto place = transfer::find_place(name)) {
      if (!store) store = transfer::open_store(home);
      print_loaded(home, transfer::load_from(home, *store, *place));
      return;
    }
    std::string id;
    const auto bring = [&] {
      if (!store) store = transfer::open_store(home);
      try {
        std::string pulled = transfer::pull(home, *store, name, pull, *report);
        events::note(home, "pull", {.type = "image", .id = pulled, .name = name});
        return pulled;
      } catch (const base::Error&) {
        events::note(home, "pull-error", {.type = "image", .name = name});
        throw;
      }
    };
    if (const auto found = transfer::find_pulled(home, name, pull)) {
      id = found->id;
    } else if (pull.policy == images::PullPolicy::Newer) {
      id = pull_newer(home, name, bring);
    } else {
      id = bring();
    }
    fmt::print("{}\n", id);
    std::fflush(stdout);
  });
}

}  // namespace pod_transfer
