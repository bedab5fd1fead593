// Short names mean what registries.conf says, docker.io when it says nothing; but what was made
// here is found first: localhost/NAME is tried before. At last, as in podman, what is here by any
// name that ends so.
#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/images/ensure.hpp"
#include "pkg/images/lists.hpp"
#include "pkg/images/short_names.hpp"
#include "pkg/oci/reference.hpp"
#include "storage/all_images.hpp"
#include "storage/refs.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <string_view>
#include <utility>

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

std::optional<Found> find_by_digest(const storage::AllImages& store,
                                    const oci::Reference& reference) {
  for (storage::Image& image : store.list()) {
    if (has_digest(image, reference)) return Found{std::move(image), ""};
  }
  return std::nullopt;
}

// An image, or what a list has for this host.
std::optional<storage::Image> find_image(const home::Home& home, const std::string& id,
                                         bool with_names) {
  const storage::Layout layout(home);
  const storage::ImageStore store(layout);
  if (auto image = store.find(id, with_names)) return image;
  const auto list = storage::ListStore(layout).find(id);
  if (!list) return storage::AllImages(home).find(id, with_names);
  auto instance = find_instance(layout, *list, oci::Platform::host());
  if (instance && with_names) return store.find(instance->id, true);
  return instance;
}

// "team/app" or "app" for what is here as quay.io/team/app.
std::optional<oci::Reference> find_by_ending(const home::Home& home, const std::string& text) {
  const auto typed = find_reference("localhost/" + text);
  if (!typed || typed->digest()) return std::nullopt;
  const std::string ending = fmt::format("/{}:{}", typed->repository(), typed->tag());
  for (const std::string& name : storage::AllImages(home).names()) {
    if (name.ends_with(ending)) return find_reference(name);
  }
  return std::nullopt;
}

// What `look_up` finds first of all that a name may mean.
template <typename LookUp>
auto find_first(const home::Home& home, const std::string& text, LookUp look_up)
    -> decltype(look_up(std::declval<const oci::Reference&>())) {
  const bool is_short = is_short_name(text);
  if (const auto local = find_reference(is_short ? "localhost/" + text : text)) {
    if (auto found = look_up(*local)) return found;
  }
  if (!is_short) return std::nullopt;
  for (const oci::Reference& candidate : ShortNames::read(home).candidates(text)) {
    if (auto found = look_up(candidate)) return found;
  }
  const auto ending = find_by_ending(home, text);
  return ending ? look_up(*ending) : std::nullopt;
}

std::optional<Found> find_complete(const home::Home& home, const oci::Reference& reference,
                                   bool with_names) {
  const storage::AllImages store(home);
  if (reference.digest()) return find_by_digest(store, reference);
  const auto id = store.find_id(reference.text());
  auto image = id ? find_image(home, *id, with_names) : std::nullopt;
  if (!image) return std::nullopt;
  return Found{std::move(*image), reference.text()};
}

std::optional<Found> find_by_name(const home::Home& home, const std::string& text,
                                  bool with_names) {
  return find_first(home, text, [&](const oci::Reference& reference) {
    return find_complete(home, reference, with_names);
  });
}

// The whole id of an image or a list; "" when there is none.
std::string complete_id(const home::Home& home, const std::string& text) {
  const std::string prefix = text.starts_with(kAlgorithm) ? text.substr(kAlgorithm.size()) : text;
  if (!base::is_id_prefix(prefix) || prefix.size() < kShortestPrefix) return "";
  const storage::Layout layout(home);
  std::vector<std::string> ids = storage::AllImages(home).ids();
  for (std::string& id : storage::ListStore(layout).ids())
    ids.push_back(std::move(id));
  std::string match;
  for (const std::string& id : ids) {
    if (!id.starts_with(prefix)) continue;
    if (!match.empty()) {
      throw base::Error(fmt::format("{}: several images have such an id", prefix));
    }
    match = id;
  }
  return match;
}

// What has the name, image or list.
struct Meaning {
  std::string id;
  std::string name;
};
std::optional<Meaning> find_meaning(const home::Home& home, const std::string& text) {
  const storage::Layout layout(home);
  return find_first(home, text, [&](const oci::Reference& reference) {
    const auto id = reference.digest() ? std::nullopt : storage::find_id(layout, reference.text());
    return id ? std::optional(Meaning{*id, reference.text()}) : std::nullopt;
  });
}

}  // namespace

std::optional<Found> find_named(const home::Home& home, const std::string& text, bool with_names) {
  if (!text.starts_with(kAlgorithm)) {
    if (auto found = find_by_name(home, text, with_names)) return found;
  }
  const std::string id = complete_id(home, text);
  auto image = id.empty() ? std::nullopt : find_image(home, id, with_names);
  if (!image) return std::nullopt;
  return Found{std::move(*image), ""};
}

std::optional<FoundList> find_list(const home::Home& home, const std::string& text,
                                   bool with_names) {
  const bool is_id = text.starts_with(kAlgorithm);
  auto meaning = is_id ? std::nullopt : find_meaning(home, text);
  if (!meaning) meaning = Meaning{complete_id(home, text), ""};
  auto list = storage::ListStore(storage::Layout(home)).find(meaning->id, with_names);
  if (!list) return std::nullopt;
  return FoundList{std::move(*list), std::move(meaning->name)};
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
