#include "pkg/registry/search.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/json.hpp"
#include "pkg/base/log.hpp"
#include "pkg/registry/configuration.hpp"
#include "pkg/registry/endpoints.hpp"
#include "pkg/registry/http_url.hpp"
#include "pkg/registry/session.hpp"

#include <algorithm>
#include <optional>

namespace registry {
namespace {

constexpr std::size_t kMostBytes = std::size_t{4} << 20U;
constexpr int kMostPages = 1000;
constexpr const char* kDockerHub = "docker.io";
constexpr const char* kDockerHubSearch = "https://index.docker.io";

Hit read_hit(const base::Json& json, const std::string& registry) {
  Hit hit = {.name = json.at("name").as_string(),
             .description = json.string_or("description", ""),
             .stars = json.integer_or("star_count", 0),
             .is_official = json.bool_or("is_official", false),
             .is_automated = json.bool_or("is_automated", false)};
  if (registry == kDockerHub && hit.name.find('/') == std::string::npos) {
    hit.name.insert(0, "library/");
  }
  return hit;
}

// Docker's own search, version 1 of its interface; nothing where there is none.
std::optional<std::vector<Hit>> search_hub(Session& session, const std::string& registry,
                                           const std::string& term, std::size_t limit) {
  const bool is_hub = registry == kDockerHub;
  const std::string wanted = is_hub && term.starts_with("library/") ? term.substr(8) : term;
  const std::string path = std::string(is_hub ? kDockerHubSearch : "") +
                           "/v1/search?q=" + escape_url(wanted) +
                           "&n=" + std::to_string(std::min<std::size_t>(limit, 100));
  base::Json answer;
  try {
    answer = base::Json::parse(session.get_at(path, wanted, {}, kMostBytes).body);
  } catch (const base::Error& error) {
    if (is_hub) throw;
    base::log::debug("{}: going on with its list of repositories", error.what());
    return std::nullopt;
  }
  std::vector<Hit> hits;
  for (const base::Json& each : answer.array_or_none("results"))
    hits.push_back(read_hit(each, registry));
  return hits;
}

// Where a list goes on: </v2/_catalog?last=x&n=100>; rel="next"
std::string next_page(const Head& head) {
  for (const std::string& field : head.find_all("link")) {
    const std::size_t end = field.find('>');
    if (!field.starts_with('<') || end == std::string::npos) continue;
    const std::string rest = field.substr(end);
    if (rest.find("next") != std::string::npos) return field.substr(1, end - 1);
  }
  return "";
}

// Goes through the pages of a list until `take` has enough.
template <typename Take>
void for_each_page(Session& session, const std::string& first, const std::string& object,
                   const Take& take) {
  std::string page = first;
  for (int count = 0; !page.empty() && count < kMostPages; ++count) {
    const Answer answer = session.get_at(page, object, {}, kMostBytes);
    try {
      if (!take(base::Json::parse(answer.body))) return;
    } catch (const base::Error& error) {
      throw session.failure({.object = object, .authorization = ""}, error.what());
    }
    const std::string next = next_page(answer.head);
    if (next == page) return;
    page = next;
  }
}

std::vector<Hit> search_catalog(Session& session, const std::string& term, std::size_t limit) {
  std::vector<Hit> hits;
  for_each_page(session, "/v2/_catalog", term, [&](const base::Json& page) {
    for (const std::string& name : page.strings_or_none("repositories")) {
      if (name.find(term) != std::string::npos && hits.size() < limit) {
        hits.push_back({.name = name, .description = ""});
      }
    }
    return hits.size() < limit;
  });
  return hits;
}

}  // namespace

std::vector<Hit> search(const home::Home& home, const std::string& registry,
                        const std::string& term, std::size_t limit, Access access) {
  access.verb = "search";
  const auto some = oci::Reference::parse(registry + "/image");
  Session session(home, some, access_to(Configuration::read(home), some, access));
  auto hits = search_hub(session, registry, term, limit);
  if (!hits) hits = search_catalog(session, term, limit);
  if (hits->size() > limit) hits->resize(limit);
  return *hits;
}

std::vector<std::string> list_tags(const home::Home& home, const oci::Reference& reference,
                                   std::size_t limit, Access access) {
  access.verb = "list the tags of";
  Session session(home, reference, access_to(Configuration::read(home), reference, access));
  std::vector<std::string> tags;
  const std::string first = "/v2/" + reference.repository() + "/tags/list";
  for_each_page(session, first, reference.repository(), [&](const base::Json& page) {
    for (const std::string& tag : page.strings_or_none("tags"))
      if (tags.size() < limit) tags.push_back(tag);
    return tags.size() < limit;
  });
  return tags;
}

}  // namespace registry
