// Short names mean what registries.conf says, docker.io when it says nothing; but what was made
// here is found first: localhost/NAME is tried before.
#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/images/ensure.hpp"
#include "pkg/images/short_names.hpp"
#include "pkg/oci/reference.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <string_view>

namespace images {
namespace {

constexpr std::string_view kAlgorithm = "sha256:";
constexpr std::size_t kShortestPrefix = 3;

std::optional<oci::Reference> find_reference(const std::string& text) {
  try {
    return oci::Reference::parse(text);
  } catch (const base::Error&) {
    return std::nullopt;
  }
}

bool has_digest(const storage::Image& image, const oci::Reference& reference) {
  const std::string text = reference.name() + "@" + reference.digest()->text();
  if (std::ranges::count(image.repo_digests, text) != 0) return true;
  const bool is_named = std::ranges::any_of(image.names, [&](const std::string& name) {
    return name.starts_with(reference.name() + ":");
  });
  return is_named && image.manifest_digest == reference.digest()->text();
}

std::optional<Found> find_by_digest(const storage::ImageStore& store,
                                    const oci::Reference& reference) {
  for (storage::Image& image : store.list()) {
    if (has_digest(image, reference)) return Found{std::move(image), ""};
  }
  return std::nullopt;
}

std::optional<Found> find_complete(const storage::ImageStore& store,
                                   const oci::Reference& reference, bool with_names) {
  if (reference.digest()) return find_by_digest(store, reference);
  const auto id = store.find_id(reference.text());
  auto image = id ? store.find(*id, with_names) : std::nullopt;
  if (!image) return std::nullopt;
  return Found{std::move(*image), reference.text()};
}

std::optional<Found> find_by_name(const home::Home& home, const std::string& text,
                                  bool with_names) {
  const storage::ImageStore store{storage::Layout(home)};
  if (!is_short_name(text)) {
    const auto reference = find_reference(text);
    return reference ? find_complete(store, *reference, with_names) : std::nullopt;
  }
  if (const auto local = find_reference("localhost/" + text)) {
    if (auto found = find_complete(store, *local, with_names)) return found;
  }
  for (const oci::Reference& candidate : ShortNames::read(home).candidates(text)) {
    if (auto found = find_complete(store, candidate, with_names)) return found;
  }
  return std::nullopt;
}

std::optional<Found> find_by_prefix(const storage::ImageStore& store, const std::string& prefix,
                                    bool with_names) {
  if (!base::is_id_prefix(prefix) || prefix.size() < kShortestPrefix) return std::nullopt;
  std::string match;
  for (const std::string& id : store.ids()) {
    if (!id.starts_with(prefix)) continue;
    if (!match.empty())
      throw base::Error(fmt::format("{}: several images have such an id", prefix));
    match = id;
  }
  auto image = match.empty() ? std::nullopt : store.find(match, with_names);
  if (!image) return std::nullopt;
  return Found{std::move(*image), ""};
}

}  // namespace

std::optional<Found> find_named(const home::Home& home, const std::string& text, bool with_names) {
  const storage::ImageStore store{storage::Layout(home)};
  if (text.starts_with(kAlgorithm)) {
    return find_by_prefix(store, text.substr(kAlgorithm.size()), with_names);
  }
  if (auto found = find_by_name(home, text, with_names)) return found;
  return find_by_prefix(store, text, with_names);
}

std::optional<storage::Image> find(const home::Home& home, const std::string& text) {
  auto found = find_named(home, text, false);
  if (!found) return std::nullopt;
  return std::move(found->image);
}

std::string local_name(const std::string& text) {
  oci::Reference reference = oci::Reference::parse(text);
  if (is_short_name(text)) reference = oci::Reference::parse("localhost/" + text);
  if (reference.digest())
    throw base::Error(fmt::format("{}: a name here cannot have a digest", text));
  return reference.text();
}

}  // namespace images
