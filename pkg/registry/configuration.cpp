#include "pkg/registry/configuration.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/oci/reference.hpp"
#include "pkg/registry/toml.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

namespace registry {
namespace {

constexpr const char* kSystemFolder = "/etc/containers";

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string user_folder(const home::Home& home) {
  return home.config + "/containers";
}

// What podman was told about short names lies in the user's cache, beside ours.
std::string chosen_names_file(const home::Home& home) {
  return home.cache.substr(0, home.cache.rfind('/')) + "/containers/short-name-aliases.conf";
}

void add_drop_ins(std::vector<std::string>& files, const std::string& folder) {
  for (const std::string& name : sys::list_dir(folder)) {
    if (name.ends_with(".conf")) files.push_back(folder + "/" + name);
  }
}

// Who has a file of his own does without the system's, drop-ins included; a file that the
// environment names stands in for the first one only.
std::vector<std::string> files_of(const home::Home& home) {
  const std::string own = user_folder(home) + "/registries.conf";
  const std::string system = std::string(kSystemFolder) + "/registries.conf";
  std::string named = environment("CONTAINERS_REGISTRIES_CONF");
  if (named.empty()) named = environment("REGISTRIES_CONFIG_PATH");
  if (!named.empty() && !sys::exists(named)) throw base::Error(named + ": no such file");
  std::vector<std::string> files;
  if (named.empty() && sys::exists(own)) {
    files = {own};
  } else {
    const std::string& main = named.empty() ? system : named;
    if (sys::exists(main)) files.push_back(main);
    add_drop_ins(files, system + ".d");
  }
  add_drop_ins(files, own + ".d");
  return files;
}

// A location or prefix as it is compared: without a slash at its end.
std::string place_of(const TomlReader& table, const std::string& key) {
  std::string text = table.string_or(key, "");
  if (text.find("://") != std::string::npos) {
    table.refuse(key, "\"" + text + "\" is an address: only HOST[:PORT][/PATH] is wanted");
  }
  while (text.ends_with('/'))
    text.pop_back();
  if (text.starts_with('/')) table.refuse(key, "\"" + text + "\" does not begin with a host");
  return text;
}

void check_prefix(const TomlReader& table, const std::string& prefix) {
  const std::size_t star = prefix.rfind('*');
  if (star == std::string::npos) return;
  const bool is_domain = star == 0 && prefix.starts_with("*.") && prefix.size() > 2;
  if (is_domain && prefix.find('/') == std::string::npos) return;
  table.refuse("prefix", "\"" + prefix + "\": a star stands only before a domain: *.example.com");
}

Mirror read_mirror(const TomlReader& table, bool by_digest_only) {
  table.expect_only({"location", "insecure", "pull-from-mirror"});
  Mirror mirror = {.location = place_of(table, "location"),
                   .is_insecure = table.bool_or("insecure", false)};
  if (mirror.location.empty()) table.refuse("location", "missing");
  const std::string wanted = table.string_or("pull-from-mirror", "");
  if (by_digest_only && !wanted.empty()) {
    table.refuse("pull-from-mirror", "mirror-by-digest-only says it for all mirrors already");
  }
  if (wanted == "digest-only" || by_digest_only) {
    mirror.used_for = Mirror::For::Digests;
  } else if (wanted == "tag-only") {
    mirror.used_for = Mirror::For::Tags;
  } else if (wanted != "all" && !wanted.empty()) {
    table.refuse("pull-from-mirror", "\"" + wanted + "\" is not one of all, digest-only, tag-only");
  }
  return mirror;
}

Rule read_rule(const TomlReader& table) {
  table.expect_only(
      {"prefix", "location", "insecure", "blocked", "mirror-by-digest-only", "mirror"});
  Rule rule = {.prefix = place_of(table, "prefix"),
               .location = place_of(table, "location"),
               .is_insecure = table.bool_or("insecure", false),
               .is_blocked = table.bool_or("blocked", false),
               .mirrors = {},
               .place = table.place()};
  if (rule.prefix.empty()) rule.prefix = rule.location;
  if (rule.prefix.empty()) table.refuse("location", "missing, and so is prefix");
  check_prefix(table, rule.prefix);
  const bool by_digest_only = table.bool_or("mirror-by-digest-only", false);
  for (const TomlReader& mirror : table.tables("mirror"))
    rule.mirrors.push_back(read_mirror(mirror, by_digest_only));
  return rule;
}

ShortNames read_mode(const TomlReader& table) {
  const std::string mode = base::lower(table.string_or("short-name-mode", "permissive"));
  if (mode == "enforcing") return ShortNames::Ask;
  if (mode == "permissive" || mode.empty()) return ShortNames::AskOnTerminal;
  if (mode == "disabled") return ShortNames::TryAll;
  table.refuse("short-name-mode", "\"" + mode + "\" is not one of enforcing, permissive, disabled");
}

// The old format had [registries.search], [registries.insecure] and [registries.block].
void refuse_version_1(const TomlReader& table) {
  if (table.find("registries") == nullptr) return;
  table.refuse("registries",
               "this is version 1 of the format; write unqualified-search-registries = [...] "
               "and [[registry]] with location, insecure, blocked in its place");
}

void check_alias(const std::string& place, const std::string& name, const std::string& meant) {
  std::optional<oci::Reference> reference;
  try {
    reference = oci::Reference::parse(meant);
  } catch (const base::Error& error) {
    throw base::Error(place + ": aliases." + name + ": " + error.what());
  }
  const bool is_complete = meant.starts_with(reference->registry() + "/");
  const bool is_bare =
      !reference->digest() &&
      reference->name().ends_with(meant.substr(std::min(meant.size(), meant.find('/'))));
  if (is_complete && is_bare) return;
  throw base::Error(place + ": aliases." + name + ": \"" + meant +
                    "\" is not REGISTRY/REPOSITORY without a tag");
}

}  // namespace

void Configuration::add(const std::string& text, const std::string& file) {
  const Toml document = Toml::parse(text, file);
  const TomlReader table(document, file);
  refuse_version_1(table);
  table.expect_only({"unqualified-search-registries", "credential-helpers", "short-name-mode",
                     "additional-layer-store-auth-helper", "registry", "aliases"});
  if (table.find("unqualified-search-registries") != nullptr) {
    search = table.strings("unqualified-search-registries");
  }
  if (table.find("credential-helpers") != nullptr) {
    credential_helpers = table.strings("credential-helpers");
  }
  if (table.find("short-name-mode") != nullptr) short_names = read_mode(table);

  std::vector<Rule> fresh;
  for (const TomlReader& one : table.tables("registry"))
    fresh.push_back(read_rule(one));
  std::erase_if(rules, [&](const Rule& old) {
    return std::any_of(fresh.begin(), fresh.end(),
                       [&](const Rule& rule) { return rule.prefix == old.prefix; });
  });
  rules.insert(rules.end(), fresh.begin(), fresh.end());

  for (const auto& [name, meant] : table.pairs("aliases")) {
    if (meant.empty()) {
      aliases.erase(name);
      continue;
    }
    check_alias(fmt::format("{}:{}", file, document.find("aliases")->find(name)->line), name,
                meant);
    aliases[name] = meant;
  }
}

Configuration Configuration::read(const home::Home& home) {
  Configuration configuration;
  for (const std::string& file : files_of(home))
    configuration.add(sys::read_file(file), file);
  const std::string chosen = chosen_names_file(home);
  if (const auto text = sys::find_file(chosen)) configuration.add(*text, chosen);
  return configuration;
}

void remember_short_name(const home::Home& home, const std::string& name,
                         const std::string& meant) {
  const std::string file = chosen_names_file(home);
  Configuration chosen;
  if (const auto text = sys::find_file(file)) chosen.add(*text, file);
  chosen.aliases[name] = meant;
  std::string text = "[aliases]\n";
  for (const auto& [key, value] : chosen.aliases)
    text += fmt::format("  \"{}\" = \"{}\"\n", key, value);
  sys::make_dirs(file.substr(0, file.rfind('/')), 0700);
  sys::replace_file(file, text, 0600);
}

}  // namespace registry
