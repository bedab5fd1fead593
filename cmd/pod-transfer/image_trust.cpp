#include "cmd/cli/format.hpp"
#include "cmd/pod-transfer/command.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/json.hpp"
#include "pkg/home/home.hpp"
#include "pkg/registry/policy.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"

#include <algorithm>

namespace pod_transfer {
namespace {

struct TrustFlags {
  std::string policy;
  bool is_raw = false;
  bool is_json = false;
  std::string type = "signedBy";
  std::vector<std::string> keys;
  std::vector<std::string> words;
};

std::string what_of(const base::Json& requirement) {
  const std::string type = requirement.at("type").as_string();
  if (type == "insecureAcceptAnything") return "accept";
  return type == "signedBy" ? "signed" : type;
}

std::string keys_of(const base::Json& requirement) {
  std::string all = requirement.string_or("keyPath", "");
  for (const std::string& path : requirement.strings_or_none("keyPaths"))
    all += (all.empty() ? "" : ", ") + path;
  return all;
}

void add_rows(base::Json::Array& rows, const std::string& transport, const std::string& name,
              const base::Json& requirements) {
  for (const base::Json& each : requirements.as_array()) {
    rows.push_back(base::Json::object({{"Transport", transport},
                                       {"Name", name},
                                       {"Type", what_of(each)},
                                       {"Keys", keys_of(each)}}));
  }
}

void show(const home::Home& home, const TrustFlags& flags) {
  const std::string file = registry::Policy::find_file(home, flags.policy);
  if (file.empty()) throw base::Error("there is no policy.json: every image is accepted");
  const std::string text = sys::read_file(file);
  if (flags.is_raw) return cli::print(text);
  registry::Policy::parse(text, file);  // for its errors
  const base::Json json = base::Json::parse(text);
  cli::Listing listing;
  add_rows(listing.rows, "all", "default", json.at("default"));
  for (const auto& [transport, scopes] : json.object_or_none("transports")) {
    const std::string shown = transport == "docker" ? "repository" : transport;
    for (const auto& [scope, requirements] : scopes.as_object())
      add_rows(listing.rows, shown, scope.empty() ? "all" : scope, requirements);
  }
  cli::print(cli::format_rows(
      flags.is_json ? "json" : "table {{.Transport}}\t{{.Name}}\t{{.Type}}\t{{.Keys}}", listing));
}

base::Json requirement_of(const TrustFlags& flags) {
  const std::string type = flags.type == "accept" ? "insecureAcceptAnything" : flags.type;
  base::Json made = base::Json::object({{"type", type}});
  if (type == "signedBy") made["keyType"] = "GPGKeys";
  const bool has_keys = type == "signedBy" || type == "sigstoreSigned";
  if (has_keys == flags.keys.empty()) {
    throw base::Error("--pubkeysfile goes with the types signedBy and sigstoreSigned");
  }
  if (flags.keys.size() == 1) made["keyPath"] = flags.keys.front();
  if (flags.keys.size() > 1) made["keyPaths"] = flags.keys;
  return made;
}

// Into the user's file, which begins as a copy of the system's.
void set(const home::Home& home, const TrustFlags& flags, const std::string& scope) {
  const std::string known = registry::Policy::find_file(home, flags.policy);
  const std::string own =
      flags.policy.empty() ? home.config + "/containers/policy.json" : flags.policy;
  base::Json policy = base::Json::object();
  if (!known.empty() && sys::exists(known)) policy = base::Json::parse(sys::read_file(known));
  const base::Json accept = base::Json::object({{"type", "insecureAcceptAnything"}});
  if (policy.find("default") == nullptr) policy["default"] = base::Json::Array{accept};
  const base::Json wanted = base::Json::Array{requirement_of(flags)};
  (scope == "default" ? policy["default"] : policy["transports"]["docker"][scope]) = wanted;
  const std::string text = policy.dump(4) + "\n";
  registry::Policy::parse(text, own);
  sys::make_dirs(own.substr(0, own.rfind('/')), 0755);
  sys::replace_file(own, text, 0644);
}

}  // namespace

int image_trust(const cli::Arguments& arguments) {
  TrustFlags flags;
  cli::Options options("Show or set which images are trusted");
  options.flag("-j,--json", flags.is_json, "show: as JSON")
      .values("-f,--pubkeysfile", flags.keys, "set: file of a public key; any of several will do")
      .value("--policypath", flags.policy, "Policy file, in place of the usual ones")
      .flag("--raw", flags.is_raw, "show: the file as it is")
      .value("-t,--type", flags.type, "set: accept, reject, signedBy or sigstoreSigned")
      .rest("show | set SCOPE", flags.words, 1);
  options.parse(arguments);
  const home::Home home = home::Home::open();
  const std::string& verb = flags.words.front();
  if (verb == "show") {
    show(home, flags);
    return 0;
  }
  if (verb != "set") throw base::Error(verb + ": not one of show, set");
  if (flags.words.size() != 2) {
    throw base::Error("set: which images? a registry, a part of one, or default");
  }
  set(home, flags, flags.words[1]);
  return 0;
}

}  // namespace pod_transfer
