#include "storage/secret_store.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/base/json.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "storage/staging.hpp"
#include "storage/trash.hpp"

#include <fmt/core.h>

namespace storage {
namespace {

constexpr const char* kFacts = "/secret.json";
constexpr const char* kValue = "/value";

std::string text_of(const Secret& secret) {
  base::Json labels = base::Json::object();
  for (const auto& [key, value] : secret.labels)
    labels[key] = value;
  return base::Json::object({{"id", secret.id},
                             {"name", secret.name},
                             {"created", secret.created},
                             {"labels", labels}})
             .dump(2) +
         "\n";
}

void check(const std::string& name, const std::string& value) {
  constexpr std::size_t kLongestName = 253;
  if (!base::is_name(name) || name.size() > kLongestName) {
    throw base::Error(fmt::format(
        "secret {}: names are letters, digits, '_', '.' and '-', and begin with a letter or digit",
        name));
  }
  if (value.empty() || value.size() >= SecretStore::kLargest) {
    throw base::Error(fmt::format("secret {}: it has to be larger than 0 and less than {} bytes",
                                  name, SecretStore::kLargest));
  }
}

}  // namespace

std::optional<Secret> SecretStore::find_named(const std::string& name) const {
  if (!base::is_name(name)) return std::nullopt;
  const auto text = sys::find_file(layout_.secret(name) + kFacts);
  if (!text) return std::nullopt;
  const base::Json json = base::Json::parse(*text);
  Secret secret;
  secret.id = json.at("id").as_string();
  secret.name = name;
  secret.created = json.integer_or("created", 0);
  for (const auto& [key, value] : json.object_or_none("labels"))
    secret.labels[key] = value.as_string();
  return secret;
}

std::optional<Secret> SecretStore::find(const std::string& name_or_id) const {
  if (auto exact = find_named(name_or_id)) return exact;
  if (name_or_id.empty() || !base::is_id_prefix(name_or_id)) return std::nullopt;
  std::vector<Secret> begun = list();
  std::erase_if(begun, [&](const Secret& each) { return !each.id.starts_with(name_or_id); });
  if (begun.size() > 1) {
    throw base::Error(fmt::format("more than one secret's id begins with \"{}\"", name_or_id));
  }
  if (begun.empty()) return std::nullopt;
  return std::move(begun.front());
}

Secret SecretStore::get(const std::string& name_or_id) const {
  auto found = find(name_or_id);
  if (found) return std::move(*found);
  throw base::Error(fmt::format("no secret with name or id \"{}\": no such secret", name_or_id));
}

std::vector<Secret> SecretStore::list() const {
  std::vector<Secret> secrets;
  for (const std::string& name : sys::list_dir(layout_.secrets())) {
    if (auto secret = find_named(name)) secrets.push_back(std::move(*secret));
  }
  return secrets;
}

std::string SecretStore::value(const Secret& secret) const {
  return sys::read_file(layout_.secret(secret.name) + kValue, kLargest);
}

Secret SecretStore::create(const Secret& wanted, const std::string& value, bool replace) const {
  constexpr std::size_t kIdSize = 25;
  check(wanted.name, value);
  Secret secret = wanted;
  secret.id = base::make_id().substr(0, kIdSize);
  secret.created = base::now();
  sys::make_dirs(layout_.secrets(), 0700);
  Staged staged(layout_);
  sys::create_file(staged.path() + kFacts, text_of(secret), 0600);
  sys::create_file(staged.path() + kValue, value, 0600);
  if (replace) throw_away(layout_, layout_.secret(secret.name));
  if (!staged.publish(layout_.secret(secret.name))) {
    throw base::Error(fmt::format("{}: secret name in use", secret.name));
  }
  return secret;
}

void SecretStore::remove(const Secret& secret) const {
  throw_away(layout_, layout_.secret(secret.name));
}

}  // namespace storage
