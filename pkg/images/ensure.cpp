#include "pkg/images/ensure.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/base/text.hpp"
#include "pkg/home/places.hpp"
#include "pkg/images/lists.hpp"
#include "pkg/oci/platform.hpp"
#include "pkg/oci/reference.hpp"
#include "pkg/sys/child.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/secret.hpp"
#include "storage/all_images.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

#include <unistd.h>

namespace images {
namespace {

bool fits(const storage::Image& image, const PullOptions& options) {
  if (options.platform.empty()) return true;
  return oci::rank(image.config.platform, oci::Platform::parse(options.platform)) >= 0;
}

std::vector<std::string> pull_command(const std::string& text, const PullOptions& options) {
  std::vector<std::string> command = {home::transfer_program(), "pull"};
  const auto add = [&](const char* flag, const std::string& value) {
    if (!value.empty()) command.push_back(fmt::format("{}={}", flag, value));
  };
  if (options.quiet) command.emplace_back("--quiet");
  if (options.policy == PullPolicy::Newer) command.emplace_back("--policy=newer");
  // What a short name stands for may be here by its complete name: the other program knows.
  if (options.policy == PullPolicy::Missing) command.emplace_back("--policy=missing");
  add("--platform", options.platform);
  add("--authfile", options.auth_file);
  add("--cert-dir", options.cert_dir);
  add("--creds", options.creds);
  add("--retry", options.retries);
  add("--retry-delay", options.retry_delay);
  if (options.tls_verify) add("--tls-verify", *options.tls_verify ? "true" : "false");
  command.push_back(text);
  return command;
}

// Ours, with the folders that we use: --root and --runroot reach the other program this way.
std::vector<std::string> environment_for(const home::Home& home) {
  std::vector<std::string> environment = {"POD_ROOT=" + home.data, "POD_RUNROOT=" + home.runtime};
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    if (text.starts_with("POD_ROOT=") || text.starts_with("POD_RUNROOT=")) continue;
    environment.emplace_back(text);
  }
  return environment;
}

// An image that is here, or what a list that is here has for the platform.
std::optional<Found> find_fitting(const home::Home& home, const std::string& text,
                                  const PullOptions& options) {
  const auto list = options.platform.empty() ? std::nullopt : find_list(home, text);
  if (list) {
    auto instance =
        find_instance(storage::Layout(home), list->list, oci::Platform::parse(options.platform));
    if (instance) return Found{std::move(*instance), list->name};
  }
  return find_named(home, text, false);
}

// The last line that it writes is the image's id; progress and its error go to our standard error.
std::optional<std::string> pull(const home::Home& home, const std::string& text,
                                const PullOptions& options) {
  sys::Pipe answer = sys::make_pipe();
  sys::Child::Streams streams;
  streams.out = answer.write.get();
  streams.err = STDERR_FILENO;
  std::vector<std::string> command = pull_command(text, options);
  const std::vector<sys::SharedSecret> secrets = sys::share_secrets(command);
  sys::Child program = sys::Child::spawn(command, streams, environment_for(home));
  answer.write.reset();
  const std::string output = sys::read_all(answer.read);
  if (program.wait() != 0) return std::nullopt;
  const std::string lines(base::trim(output));
  return lines.substr(lines.rfind('\n') + 1);
}

Found pull_or_fail(const home::Home& home, const std::string& text, const PullOptions& options,
                   const std::optional<Found>& here) {
  const auto id = pull(home, text, options);
  if (id) {
    auto image = storage::AllImages(home).find(*id);
    auto named = find_named(home, text, false);
    if (image) return {std::move(*image), named ? std::move(named->name) : ""};
    throw base::Error(fmt::format("{}: pulled, but the image is not in the store", text));
  }
  if (here && options.policy == PullPolicy::Newer) return *here;
  throw base::Error(fmt::format("{}: the image could not be pulled", text));
}

Found find_or_pull(const home::Home& home, const std::string& text, const PullOptions& options) {
  if (has_transport(text)) return pull_or_fail(home, text, options, std::nullopt);
  std::optional<Found> here = find_fitting(home, text, options);
  const bool is_missing_policy = options.policy == PullPolicy::Missing;
  const bool is_by_id = here && here->name.empty() && text.find('@') == std::string::npos;
  if (here && (options.policy == PullPolicy::Never || is_by_id)) return std::move(*here);
  const storage::AllImages store(home);
  if (here && is_missing_policy && fits(here->image, options) && store.is_whole(here->image)) {
    return std::move(*here);
  }
  if (options.policy == PullPolicy::Never) throw base::Error(text + ": image not known");
  oci::Reference::parse(text);  // what is no name need not be asked for
  return pull_or_fail(home, text, options, here);
}

// What lies in an additional store is used from there, unless its files are not what they seem to
// us, who have other ids: then it is copied, as if it had been pulled.
Found usable(const home::Home& home, Found found) {
  const storage::AllImages images(home);
  if (images.can_be_mounted(found.image)) return found;
  const std::string id = found.image.id;
  base::log::info("image {} is copied from {}", id, found.image.store);
  sys::Child program = sys::Child::spawn(
      {home::transfer_program(), "image import-store", "--from", found.image.store, "sha256:" + id},
      {.in = -1, .out = STDERR_FILENO, .err = STDERR_FILENO}, environment_for(home));
  auto own =
      program.wait() == 0 ? storage::ImageStore(storage::Layout(home)).find(id) : std::nullopt;
  if (own) return {std::move(*own), std::move(found.name)};
  throw base::Error(
      fmt::format("{}: the image could not be copied from {}", found.name, found.image.store));
}

}  // namespace

PullPolicy parse_pull_policy(const std::string& text) {
  const std::string word = base::lower(text);
  if (word == "missing" || word == "ifnotpresent" || word.empty()) return PullPolicy::Missing;
  if (word == "always" || word == "true") return PullPolicy::Always;
  if (word == "never" || word == "false") return PullPolicy::Never;
  if (word == "newer" || word == "ifnewer") return PullPolicy::Newer;
  throw base::Error(fmt::format("{}: not one of always, missing, never, newer", text));
}

bool has_transport(const std::string& text) {
  const auto prefixes = {"docker-archive:",     "oci-archive:",   "oci:",    "dir:",
                         "containers-storage:", "docker-daemon:", "ostree:", "sif:"};
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](const char* prefix) { return text.starts_with(prefix); });
}

Found ensure(const home::Home& home, const std::string& text, const PullOptions& options) {
  return usable(home, find_or_pull(home, text, options));
}

}  // namespace images
