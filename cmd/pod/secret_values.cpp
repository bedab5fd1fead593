#include "cmd/cli/options.hpp"
#include "cmd/pod/flag_values.hpp"
#include "pkg/base/text.hpp"

#include <fmt/core.h>

#include <charconv>

namespace pod {
namespace {

using containers::SecretUse;

[[noreturn]] void fail(const std::string& text, const std::string& what) {
  throw base::Error(fmt::format("{}: {}", text, what));
}

std::uint32_t parse_number(const std::string& text, const std::string& word, int base) {
  std::uint32_t number = 0;
  const char* const end = word.data() + word.size();
  const auto [stopped, error] = std::from_chars(word.data(), end, number, base);
  if (error != std::errc() || stopped != end || word.empty()) {
    fail(text, word + ": expected a number" + (base == 8 ? " such as 0400" : ""));
  }
  return number;
}

bool parse_type(const std::string& text, const std::string& type) {
  if (type != "mount" && type != "env") fail(text, "type " + type + ": not one of mount, env");
  return type == "env";
}

// False when there is no such key.
bool apply(SecretUse& use, const std::string& text, const std::string& key,
           const std::string& value) {
  constexpr std::uint32_t kModes = 07777;
  if (key == "source" || key == "src") {
    use.name = value;
  } else if (key == "type") {
    use.is_variable = parse_type(text, value);
  } else if (key == "target" || key == "dst" || key == "destination") {
    use.target = value;
  } else if (key == "uid") {
    use.uid = parse_number(text, value, 10);
  } else if (key == "gid") {
    use.gid = parse_number(text, value, 10);
  } else if (key == "mode") {
    use.mode = parse_number(text, value, 8);
    if (use.mode > kModes) fail(text, value + ": not a mode");
  } else {
    return false;
  }
  return true;
}

void complete(SecretUse& use, const std::string& text, bool has_facts) {
  if (use.name.empty()) fail(text, "which secret? NAME is missing");
  if (use.is_variable && has_facts) fail(text, "uid, gid and mode are for files, not for type=env");
  if (use.is_variable && use.target.find('=') != std::string::npos) {
    fail(text, use.target + ": not a variable's name");
  }
  const bool is_relative = !use.target.empty() && !use.target.starts_with('/');
  if (!use.is_variable && is_relative) use.target = "/run/secrets/" + use.target;
}

}  // namespace

SecretUse parse_secret(const std::string& text) {
  SecretUse use;
  bool has_facts = false;
  bool is_first = true;
  for (const std::string& part : cli::split_csv(text)) {
    const auto [key, value] = base::split_once(part, '=');
    if (is_first && !value) {
      use.name = part;
    } else if (!value || !apply(use, text, key, *value)) {
      fail(text, part + ": not an option of a secret");
    }
    has_facts = has_facts || key == "uid" || key == "gid" || key == "mode";
    is_first = false;
  }
  complete(use, text, has_facts);
  return use;
}

}  // namespace pod
