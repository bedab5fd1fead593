#include "pkg/registry/endpoints.hpp"

#include "pkg/base/error.hpp"

#include <fmt/core.h>

#include <optional>
#include <string>
#include <string_view>
#include <tuple>

namespace registry {
namespace {

struct Match {
  const Rule* rule = nullptr;
  std::size_t size = 0;  // of the name's part that the prefix stands for
};

// "*.example.com": all of the host, with its port, is what it stands for.
std::optional<std::size_t> match_domain(std::string_view name, std::string_view suffix) {
  const std::string_view host = name.substr(0, name.find('/'));
  const std::size_t colon = host.rfind(':');
  const bool has_port = colon != std::string_view::npos && host.find(']') == std::string_view::npos;
  const std::string_view domain = has_port ? host.substr(0, colon) : host;
  if (domain.size() <= suffix.size() || !domain.ends_with(suffix)) return std::nullopt;
  return host.size();
}

// A prefix ends where a part of the name ends; a port is part of its host.
std::optional<std::size_t> match(std::string_view name, std::string_view prefix) {
  if (prefix.starts_with("*.")) return match_domain(name, prefix.substr(1));
  if (!name.starts_with(prefix)) return std::nullopt;
  if (name.size() == prefix.size()) return prefix.size();
  const char next = name[prefix.size()];
  const bool is_host = prefix.find('/') == std::string_view::npos;
  const bool is_end = next == '/' || (!is_host && (next == ':' || next == '@'));
  return is_end ? std::optional(prefix.size()) : std::nullopt;
}

// The longest wins; of a name and a star that say as much, the name.
Match find_rule(const Configuration& configuration, const std::string& name) {
  Match best;
  for (const Rule& rule : configuration.rules) {
    const auto size = match(name, rule.prefix);
    if (!size) continue;
    const auto strength = [](const Rule& one, std::size_t matched) {
      return std::tuple(matched, !one.prefix.starts_with('*'), one.prefix.size());
    };
    if (best.rule != nullptr && strength(rule, *size) <= strength(*best.rule, best.size)) continue;
    best = {&rule, *size};
  }
  return best;
}

oci::Reference rename(const oci::Reference& reference, const Match& match,
                      const std::string& location) {
  if (location.empty()) return reference;
  try {
    return oci::Reference::parse(location + reference.text().substr(match.size));
  } catch (base::Error& error) {
    error.during(match.rule->place);
    throw;
  }
}

bool is_meant(const Mirror& mirror, const oci::Reference& reference) {
  if (mirror.used_for == Mirror::For::All) return true;
  return reference.digest().has_value() == (mirror.used_for == Mirror::For::Digests);
}

Access with(Access access, bool is_insecure, const Configuration& configuration) {
  if (is_insecure && !access.tls_verify) access.tls_verify = false;
  access.credential_helpers = configuration.credential_helpers;
  return access;
}

void refuse_blocked(const Match& found, const oci::Reference& reference) {
  if (found.rule == nullptr || !found.rule->is_blocked) return;
  throw base::Error(fmt::format("registry {}: blocked by {} (prefix {})", reference.registry(),
                                found.rule->place, found.rule->prefix));
}

}  // namespace

std::vector<Endpoint> endpoints_of(const Configuration& configuration,
                                   const oci::Reference& reference, const Access& access) {
  const Match found = find_rule(configuration, reference.text());
  refuse_blocked(found, reference);
  std::vector<Endpoint> endpoints;
  const auto add = [&](const std::string& location, bool is_insecure, bool is_mirror) {
    Endpoint endpoint = {.reference = rename(reference, found, location),
                         .access = with(access, is_insecure, configuration),
                         .is_mirror = is_mirror};
    if (endpoint.reference.registry() != reference.registry()) endpoint.access.creds.clear();
    endpoints.push_back(std::move(endpoint));
  };
  if (found.rule == nullptr) {
    add("", false, false);
    return endpoints;
  }
  for (const Mirror& mirror : found.rule->mirrors) {
    if (is_meant(mirror, reference)) add(mirror.location, mirror.is_insecure, true);
  }
  add(found.rule->location, found.rule->is_insecure, false);
  return endpoints;
}

Access access_to(const Configuration& configuration, const oci::Reference& reference,
                 const Access& access) {
  const Match found = find_rule(configuration, reference.text());
  refuse_blocked(found, reference);
  return with(access, found.rule != nullptr && found.rule->is_insecure, configuration);
}

}  // namespace registry
