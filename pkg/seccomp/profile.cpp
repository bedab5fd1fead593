#include "pkg/seccomp/profile.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace seccomp {
namespace {

#if defined(__x86_64__)
constexpr std::array<std::string_view, 3> kArchitectures = {"amd64", "x86", "x32"};
#elif defined(__aarch64__)
constexpr std::array<std::string_view, 2> kArchitectures = {"arm64", "arm"};
#else
constexpr std::array<std::string_view, 0> kArchitectures = {};
#endif

constexpr std::array<std::pair<std::string_view, Action::Kind>, 9> kActions = {
    {{"SCMP_ACT_ALLOW", Action::Kind::Allow},
     {"SCMP_ACT_ERRNO", Action::Kind::Errno},
     {"SCMP_ACT_KILL", Action::Kind::KillThread},
     {"SCMP_ACT_KILL_PROCESS", Action::Kind::Kill},
     {"SCMP_ACT_KILL_THREAD", Action::Kind::KillThread},
     {"SCMP_ACT_LOG", Action::Kind::Log},
     {"SCMP_ACT_NOTIFY", Action::Kind::Notify},
     {"SCMP_ACT_TRACE", Action::Kind::Trace},
     {"SCMP_ACT_TRAP", Action::Kind::Trap}}};

constexpr std::array<std::pair<std::string_view, Comparison>, 7> kComparisons = {
    {{"SCMP_CMP_EQ", Comparison::Equal},
     {"SCMP_CMP_GE", Comparison::GreaterEqual},
     {"SCMP_CMP_GT", Comparison::Greater},
     {"SCMP_CMP_LE", Comparison::LessEqual},
     {"SCMP_CMP_LT", Comparison::Less},
     {"SCMP_CMP_MASKED_EQ", Comparison::MaskedEqual},
     {"SCMP_CMP_NE", Comparison::NotEqual}}};

template <typename Table>
std::vector<std::string> words_of(const Table& table) {
  std::vector<std::string> words;
  for (const auto& [word, value] : table)
    words.emplace_back(word);
  return words;
}

template <typename Table, typename Value>
std::string word_of(const Table& table, Value value) {
  for (const auto& [word, meaning] : table) {
    if (meaning == value) return std::string(word);
  }
  return "";
}

bool has_number(const Action& action) {
  return action.kind == Action::Kind::Errno || action.kind == Action::Kind::Trace;
}

base::Json rule_json(const Rule& rule) {
  base::Json json =
      base::Json::object({{"names", rule.calls}, {"action", word_of(kActions, rule.action.kind)}});
  if (has_number(rule.action)) json["errnoRet"] = rule.action.number;
  for (const Argument& argument : rule.arguments) {
    base::Json entry = base::Json::object({{"index", argument.index},
                                           {"value", argument.value},
                                           {"op", word_of(kComparisons, argument.comparison)}});
    if (argument.comparison == Comparison::MaskedEqual) entry["valueTwo"] = argument.second;
    json["args"].push_back(std::move(entry));
  }
  return json;
}

Action action_of(const std::string& name, int number) {
  for (const auto& [word, kind] : kActions) {
    if (word == name) return {kind, number};
  }
  throw base::Error("action " + name + ": unknown");
}

Comparison comparison_of(const std::string& name) {
  for (const auto& [word, comparison] : kComparisons) {
    if (word == name) return comparison;
  }
  throw base::Error("op " + name + ": unknown");
}

bool has_any(const std::vector<std::string>& names, sys::CapabilitySet capabilities) {
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return (capabilities & sys::capability_set({name})) != 0;
  });
}

bool is_for_us(const std::vector<std::string>& architectures) {
  return std::any_of(architectures.begin(), architectures.end(), [](const std::string& name) {
    return std::find(kArchitectures.begin(), kArchitectures.end(), name) != kArchitectures.end();
  });
}

bool applies(const base::Json& rule, sys::CapabilitySet capabilities) {
  const base::Json* includes = rule.find("includes");
  const base::Json* excludes = rule.find("excludes");
  if (includes != nullptr && !includes->is_null()) {
    const auto caps = includes->strings_or_none("caps");
    const auto architectures = includes->strings_or_none("arches");
    if (!caps.empty() && !has_any(caps, capabilities)) return false;
    if (!architectures.empty() && !is_for_us(architectures)) return false;
  }
  if (excludes == nullptr || excludes->is_null()) return true;
  return !has_any(excludes->strings_or_none("caps"), capabilities) &&
         !is_for_us(excludes->strings_or_none("arches"));
}

std::uint64_t unsigned_or_zero(const base::Json& json, std::string_view key) {
  const base::Json* value = json.find(key);
  return value == nullptr || value->is_null() ? 0 : value->as_unsigned();
}

bool repeats_an_index(const Rule& rule) {
  return std::any_of(rule.arguments.begin(), rule.arguments.end(), [&](const Argument& one) {
    return std::count_if(rule.arguments.begin(), rule.arguments.end(),
                         [&](const Argument& other) { return other.index == one.index; }) > 1;
  });
}

// An argument that is compared twice: any of these comparisons, as with the peers.
void add_rule(const Rule& rule, std::vector<Rule>& rules) {
  if (!repeats_an_index(rule)) {
    rules.push_back(rule);
    return;
  }
  for (const Argument& argument : rule.arguments)
    rules.push_back({rule.calls, rule.action, {argument}});
}

Rule parse_rule(const base::Json& json) {
  Rule rule;
  rule.calls = json.strings_or_none("names");
  if (const std::string name = json.string_or("name", ""); !name.empty()) {
    rule.calls.push_back(name);
  }
  rule.action = action_of(json.at("action").as_string(),
                          static_cast<int>(json.integer_or("errnoRet", EPERM)));
  for (const base::Json& argument : json.array_or_none("args")) {
    rule.arguments.push_back({static_cast<unsigned>(argument.integer_or("index", 0)),
                              comparison_of(argument.at("op").as_string()),
                              unsigned_or_zero(argument, "value"),
                              unsigned_or_zero(argument, "valueTwo")});
  }
  return rule;
}

}  // namespace

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> out = base::split(text, ' ');
  std::erase(out, "");
  return out;
}

bool Profile::notifies() const {
  return std::any_of(rules.begin(), rules.end(),
                     [](const Rule& rule) { return rule.action.kind == Action::Kind::Notify; });
}

base::Json filter_json(const Profile& profile) {
#if defined(__x86_64__)
  const std::vector<std::string> usual = {"SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"};
#elif defined(__aarch64__)
  const std::vector<std::string> usual = {"SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"};
#else
  const std::vector<std::string> usual;
#endif
  base::Json json =
      base::Json::object({{"defaultAction", word_of(kActions, profile.otherwise.kind)}});
  if (has_number(profile.otherwise)) json["defaultErrnoRet"] = profile.otherwise.number;
  json["architectures"] = profile.architectures.value_or(usual);
  json["syscalls"] = base::Json::array();
  for (const Rule& rule : profile.rules)
    json["syscalls"].push_back(rule_json(rule));
  return json;
}

std::vector<std::string> action_words() {
  return words_of(kActions);
}

std::vector<std::string> comparison_words() {
  return words_of(kComparisons);
}

Profile parse_profile(const base::Json& json, sys::CapabilitySet capabilities) {
  Profile profile;
  profile.otherwise = action_of(json.at("defaultAction").as_string(),
                                static_cast<int>(json.integer_or("defaultErrnoRet", EPERM)));
  std::size_t number = 0;
  for (const base::Json& rule : json.array_or_none("syscalls")) {
    try {
      if (applies(rule, capabilities)) add_rule(parse_rule(rule), profile.rules);
    } catch (base::Error& error) {
      error.during("syscalls[" + std::to_string(number) + "]");
      throw;
    }
    ++number;
  }
  return profile;
}

Profile parse_filter(const base::Json& json) {
  // Nothing in it depends on capabilities: whoever wrote it has decided that.
  Profile profile = parse_profile(json, 0);
  if (profile.otherwise.kind == Action::Kind::Notify) {
    throw base::Error("defaultAction: SCMP_ACT_NOTIFY: nobody could ask about every call");
  }
  const std::vector<std::string> architectures = json.strings_or_none("architectures");
  profile.architectures = architectures;
  return profile;
}

}  // namespace seccomp
