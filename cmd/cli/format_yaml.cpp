#include "cmd/cli/format.hpp"
#include "cmd/cli/template.hpp"
#include "pkg/base/text.hpp"

#include <algorithm>

namespace cli {
namespace {

using base::Json;

// Text that YAML would take for something else, or that has signs of its own, is quoted.
bool needs_quotes(const std::string& text) {
  if (text.empty() || base::parse_number(text) || base::parse_bool(text)) return true;
  const std::string word = base::lower(text);
  if (word == "null" || word == "yes" || word == "no" || word == "~") return true;
  constexpr std::string_view kSigns = "-?:,[]{}#&*!|>'\"%@` ";
  if (kSigns.find(text.front()) != std::string_view::npos || text.back() == ' ') return true;
  const bool has_control = std::any_of(text.begin(), text.end(),
                                       [](char c) { return static_cast<unsigned char>(c) < ' '; });
  return has_control || text.find(": ") != std::string::npos || text.ends_with(':') ||
         text.find(" #") != std::string::npos;
}

bool is_block(const Json& value) {
  return (value.is_object() && !value.as_object().empty()) ||
         (value.is_array() && !value.as_array().empty());
}

std::string scalar(const Json& value) {
  if (value.is_string() && !needs_quotes(value.as_string())) return value.as_string();
  return value.dump();
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the data.
void write(std::string& out, const Json& value, std::size_t indent) {
  const std::string margin(indent, ' ');
  if (value.is_array()) {
    for (const Json& element : value.as_array()) {
      std::string item;
      if (is_block(element)) {
        write(item, element, indent + 2);
        item.erase(0, indent + 2);
      } else {
        item = scalar(element) + "\n";
      }
      out += margin + "- " + item;
    }
    return;
  }
  for (const auto& [key, member] : value.as_object()) {
    out += margin + key + ":";
    if (is_block(member)) {
      out += '\n';
      write(out, member, indent + (member.is_object() ? 2 : 0));
    } else {
      out += " " + scalar(member) + "\n";
    }
  }
}

}  // namespace

std::string format_yaml(const base::Json& object) {
  std::string out;
  write(out, without_methods(object), 0);
  return out;
}

}  // namespace cli
