#include "pkg/registry/policy.hpp"

#include "pkg/base/base64.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/json.hpp"
#include "pkg/base/log.hpp"
#include "pkg/sys/file.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace registry {
namespace {

using Names = std::initializer_list<std::string_view>;

void expect_only(const base::Json& object, Names known) {
  for (const auto& [name, value] : object.as_object()) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    throw base::Error("unknown member \"" + name + "\"");
  }
}

// Runs `step` so that its errors name the place within the file.
template <typename Step>
auto at(const std::string& place, const Step& step) {
  try {
    return step();
  } catch (base::Error& error) {
    error.during(place);
    throw;
  }
}

constexpr std::pair<std::string_view, Identity::Kind> kIdentities[] = {
    {"matchRepoDigestOrExact", Identity::Kind::RepositoryDigestOrExact},
    {"matchExact", Identity::Kind::Exact},
    {"matchRepository", Identity::Kind::Repository},
    {"exactReference", Identity::Kind::NamedReference},
    {"exactRepository", Identity::Kind::NamedRepository},
    {"remapIdentity", Identity::Kind::Remapped},
};

Identity read_identity(const base::Json& json) {
  expect_only(json, {"type", "dockerReference", "dockerRepository", "prefix", "signedPrefix"});
  const std::string type = json.at("type").as_string();
  const auto* const known = std::find_if(std::begin(kIdentities), std::end(kIdentities),
                                         [&](const auto& each) { return each.first == type; });
  if (known == std::end(kIdentities)) throw base::Error("unknown type \"" + type + "\"");
  Identity identity;
  identity.kind = known->second;
  if (identity.kind == Identity::Kind::NamedReference) {
    identity.name = oci::Reference::parse(json.at("dockerReference").as_string()).text();
  }
  if (identity.kind == Identity::Kind::NamedRepository) {
    identity.name = oci::Reference::parse(json.at("dockerRepository").as_string()).name();
  }
  if (identity.kind == Identity::Kind::Remapped) {
    identity.prefix = json.at("prefix").as_string();
    identity.signed_prefix = json.at("signedPrefix").as_string();
  }
  return identity;
}

std::string decode(const base::Json& json) {
  const auto bytes = base::base64_decode(json.as_string());
  if (!bytes) throw base::Error("not base64");
  return *bytes;
}

// Exactly one of keyPath, keyPaths, keyData, keyDatas.
void read_keys(const base::Json& json, Requirement& made) {
  int given = 0;
  for (const std::string_view name : {"keyPath", "keyPaths", "keyData", "keyDatas"})
    given += json.find(name) != nullptr ? 1 : 0;
  if (given != 1) throw base::Error("exactly one of keyPath, keyPaths, keyData, keyDatas");
  if (const auto* path = json.find("keyPath")) made.key_files.push_back(path->as_string());
  if (const auto* paths = json.find("keyPaths")) made.key_files = paths->as_strings();
  if (const auto* bytes = json.find("keyData")) made.keys.push_back(decode(*bytes));
  for (const base::Json& each : json.array_or_none("keyDatas"))
    made.keys.push_back(decode(each));
}

Requirement read_simple(const base::Json& json) {
  expect_only(json, {"type", "keyType", "keyPath", "keyPaths", "keyData", "signedIdentity"});
  Requirement made = {.kind = Requirement::Kind::SimpleSigned};
  if (json.at("keyType").as_string() != "GPGKeys") throw base::Error("keyType: only GPGKeys");
  read_keys(json, made);
  return made;
}

Requirement read_sigstore(const base::Json& json) {
  expect_only(json, {"type", "keyPath", "keyPaths", "keyData", "keyDatas", "signedIdentity",
                     "fulcio", "pki", "rekorPublicKeyPath", "rekorPublicKeyPaths",
                     "rekorPublicKeyData", "rekorPublicKeyDatas"});
  Requirement made = {.kind = Requirement::Kind::SigstoreSigned};
  for (const auto& [name, value] : json.as_object()) {
    const bool is_more = name == "fulcio" || name == "pki" || name.starts_with("rekor");
    if (is_more) made.unsupported = name;
  }
  const bool is_keyless = json.find("fulcio") != nullptr || json.find("pki") != nullptr;
  if (!is_keyless) read_keys(json, made);
  return made;
}

Requirement read_requirement(const base::Json& json) {
  const std::string type = json.at("type").as_string();
  Requirement made;
  if (type == "signedBy") made = read_simple(json);
  if (type == "sigstoreSigned") made = read_sigstore(json);
  if (const auto* identity = json.find("signedIdentity"); identity != nullptr) {
    made.identity = at("signedIdentity", [&] { return read_identity(*identity); });
  }
  if (made.kind != Requirement::Kind::Accept) return made;
  expect_only(json, {"type"});
  if (type == "reject") return {.kind = Requirement::Kind::Reject};
  if (type != "insecureAcceptAnything") throw base::Error("unknown type \"" + type + "\"");
  return made;
}

std::vector<Requirement> read_requirements(const base::Json& json) {
  std::vector<Requirement> made;
  for (const base::Json& each : json.as_array()) {
    made.push_back(at(fmt::format("[{}]", made.size()), [&] { return read_requirement(each); }));
  }
  if (made.empty()) throw base::Error("has no requirements");
  return made;
}

// "a.b.c/team/app:1", "a.b.c/team/app", "a.b.c/team", "a.b.c", "*.b.c", "*.c", ""
std::vector<std::string> scopes_of(const oci::Reference& reference) {
  std::vector<std::string> scopes = {reference.text()};
  std::string name = reference.name();
  while (true) {
    scopes.push_back(name);
    const std::size_t slash = name.rfind('/');
    if (slash == std::string::npos) break;
    name.resize(slash);
  }
  for (std::size_t dot = name.find('.'); dot != std::string::npos; dot = name.find('.', dot + 1))
    scopes.push_back("*" + name.substr(dot));
  scopes.emplace_back("");
  return scopes;
}

bool has_prefix(const std::string& name, const std::string& prefix) {
  if (!name.starts_with(prefix)) return false;
  if (name.size() == prefix.size()) return true;
  const char next = name[prefix.size()];
  const bool is_host = prefix.find('/') == std::string::npos;
  return next == '/' || (!is_host && (next == ':' || next == '@'));
}

}  // namespace

bool Identity::fits(const oci::Reference& wanted, const std::string& claimed) const {
  const oci::Reference theirs = oci::Reference::parse(claimed);
  // A claim without a tag is for no image in particular, though our words for it end in "latest".
  const bool has_tag = claimed.ends_with(":" + theirs.tag()) || theirs.digest();
  const auto is_exact = [&](const oci::Reference& ours) {
    if (ours.digest()) return ours.name() == theirs.name();
    return has_tag && ours.text() == theirs.text();
  };
  switch (kind) {
    case Kind::RepositoryDigestOrExact:
      return is_exact(wanted);
    case Kind::Exact:
      return has_tag && wanted.text() == theirs.text();
    case Kind::Repository:
      return wanted.name() == theirs.name();
    case Kind::NamedReference:
      return has_tag && theirs.text() == name;
    case Kind::NamedRepository:
      return theirs.name() == name;
    case Kind::Remapped:
      if (!has_prefix(wanted.text(), prefix)) return is_exact(wanted);
      return is_exact(oci::Reference::parse(signed_prefix + wanted.text().substr(prefix.size())));
  }
  return false;
}

Policy Policy::parse(std::string_view text, const std::string& file) {
  Policy policy;
  policy.file_ = file;
  at(file, [&] {
    const base::Json json = base::Json::parse(text);
    expect_only(json, {"default", "transports"});
    const base::Json& otherwise = json.at("default");
    policy.otherwise_ = at("default", [&] { return read_requirements(otherwise); });
    for (const auto& [transport, scopes] : json.object_or_none("transports")) {
      for (const auto& [scope, requirements] : scopes.as_object()) {
        const std::string place = fmt::format("transports.{}.\"{}\"", transport, scope);
        const base::Json& these = requirements;
        policy.transports_[transport][scope] = at(place, [&] { return read_requirements(these); });
      }
    }
    return true;
  });
  return policy;
}

std::string Policy::find_file(const home::Home& home, const std::string& named) {
  if (!named.empty()) return named;
  for (const std::string& file :
       {home.config + "/containers/policy.json", std::string("/etc/containers/policy.json")}) {
    if (sys::exists(file)) return file;
  }
  return "";
}

Policy Policy::read(const home::Home& home, const std::string& named) {
  const std::string file = find_file(home, named);
  if (!file.empty()) return parse(sys::read_file(file), file);
  base::log::debug("no policy.json: every image is accepted");
  return {};
}

const std::vector<Requirement>& Policy::for_image(const oci::Reference& reference) const {
  const auto scopes = transports_.find("docker");
  if (scopes == transports_.end()) return otherwise_;
  for (const std::string& scope : scopes_of(reference)) {
    const auto found = scopes->second.find(scope);
    if (found != scopes->second.end()) return found->second;
  }
  return otherwise_;
}

const std::vector<Requirement>& Policy::for_transport(const std::string& transport) const {
  const auto scopes = transports_.find(transport);
  if (scopes == transports_.end()) return otherwise_;
  const auto found = scopes->second.find("");
  return found == scopes->second.end() ? otherwise_ : found->second;
}

}  // namespace registry
