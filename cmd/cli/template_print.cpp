#include "cmd/cli/template_print.hpp"

#include "cmd/cli/template_rune.hpp"
#include "cmd/cli/template_time.hpp"
#include "pkg/base/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

namespace cli {
namespace {

using base::Json;

bool is_one_of(const std::string& verb, std::string_view verbs) {
  return verb.size() == 1 && verbs.find(verb[0]) != std::string_view::npos;
}

bool is_go_syntax(const Directive& directive) {
  return directive.verb == "v" && directive.is_sharp;
}

std::string hexadecimal(std::string_view text, const Directive& directive) {
  std::string out;
  for (const char c : text.substr(0, directive.precision.value_or(text.size()))) {
    if (directive.has_space && !out.empty()) out += ' ';
    if (directive.is_sharp && (out.empty() || directive.has_space)) out += "0x";
    out += fmt::format("{:02x}", static_cast<unsigned char>(c));
  }
  return directive.verb == "X" ? base::upper(out) : out;
}

std::string print_string(const std::string& text, const Directive& directive) {
  if (is_one_of(directive.verb, "xX")) return padded(hexadecimal(text, directive), directive);
  const std::string shown = directive.precision ? first_runes(text, *directive.precision) : text;
  const bool is_raw = directive.verb == "q" && directive.is_sharp &&
                      shown.find_first_of("`\n\r\v\f\a\b") == std::string::npos;
  if (is_raw) return padded("`" + shown + "`", directive);
  const bool is_quoted = directive.verb == "q" || is_go_syntax(directive);
  return padded(is_quoted ? quoted(shown) : shown, directive);
}

std::string print_array(Value value, const Directive& directive) {
  const bool is_go = is_go_syntax(directive);
  std::string out = is_go ? type_of(value) + "{" : "[";
  bool is_first = true;
  for (const Json& element : value.json().as_array()) {
    if (!std::exchange(is_first, false)) out += is_go ? ", " : " ";
    out += print_value(Value(element), directive);
  }
  return out + (is_go ? "}" : "]");
}

// "map[k:v]".
std::string print_map(Value value, const Directive& directive) {
  const bool is_go = is_go_syntax(directive);
  std::string out = is_go ? type_of(value) + "{" : "map[";
  bool is_first = true;
  for (const auto& [key, member] : items_of(value)) {
    if (!std::exchange(is_first, false)) out += is_go ? ", " : " ";
    out += print_value(Value(key), directive) + ":" + print_value(member, directive);
  }
  return out + (is_go ? "}" : "]");
}

// "{a 1}"; with %+v "{Name:a Count:1}".
std::string print_struct(Value value, const Directive& directive) {
  const bool is_go = is_go_syntax(directive);
  const bool has_names = is_go || (directive.verb == "v" && directive.has_sign);
  std::string out = is_go ? type_of(value) + "{" : "{";
  bool is_first = true;
  for (const auto& [name, member] : value.json().as_object()) {
    if (is_method(name)) continue;
    if (!std::exchange(is_first, false)) out += is_go ? ", " : " ";
    if (has_names) out += name + ":";
    out += print_value(Value(member, name), directive);
  }
  return out + "}";
}

// Go's nil lists and maps print as if they were empty; the rest are pointers.
std::string print_nil(Value value, const Directive& directive) {
  if (is_go_syntax(directive)) return type_of(value) + "(nil)";
  if (value.is_map() || value.name() == "Config") return "map[]";  // LogConfig's
  if (value.name().empty()) return "<nil>";                        // an element
  constexpr std::string_view kPointers[] = {"Health",        "Health()", "HealthCheck()",
                                            "Healthcheck()", "SizeRw()", "SizeRootFs()",
                                            "Server()"};
  const bool is_pointer =
      std::find(std::begin(kPointers), std::end(kPointers), value.name()) != std::end(kPointers);
  return is_pointer ? padded("<nil>", directive) : "[]";
}

// "%!d(string=x)".
std::string print_wrong(Value value, const Directive& directive) {
  Directive plain = directive;
  plain.verb = "v";
  plain.is_sharp = false;
  const std::string shown =
      value.exists() ? type_of(value) + "=" + print_value(value, plain) : "<nil>";
  return "%!" + directive.verb + "(" + shown + ")";
}

}  // namespace

std::string padded(std::string text, const Directive& directive) {
  if (directive.width == 0) return text;
  const std::size_t length = count_runes(text);
  if (length >= directive.width) return text;
  const std::size_t missing = directive.width - length;
  if (directive.is_left) return text + std::string(missing, ' ');
  return std::string(missing, directive.is_zero ? '0' : ' ') + text;
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the data.
std::string print_value(Value value, const Directive& directive) {
  const std::string& verb = directive.verb;
  if (verb == "T") return padded(type_of(value), directive);
  if (!value.exists())
    return verb == "v" ? padded("<nil>", directive) : print_wrong(value, directive);
  const Json& json = value.json();
  if (value.is_nil()) return print_nil(value, directive);
  if (value.is_array()) return print_array(value, directive);
  if (value.is_map() && value.is_object()) return print_map(value, directive);
  if (value.is_object()) return print_struct(value, directive);
  if (value.is_bool() && is_one_of(verb, "vt")) {
    return padded(json.as_bool() ? "true" : "false", directive);
  }
  if (is_time(value) && is_one_of(verb, "vs")) {
    return padded(time_text(json.as_string()), directive);
  }
  if (value.is_string() && is_one_of(verb, "vsxXq"))
    return print_string(json.as_string(), directive);
  if (value.is_integer() && is_one_of(verb, "vdboOxXcqU")) return print_integer(json, directive);
  if (value.is_number() && !value.is_integer() && is_one_of(verb, "veEfFgG")) {
    return print_decimal(json.as_number(), directive);
  }
  return print_wrong(value, directive);
}

std::string print_text(Value value) {
  return value.exists() ? print_value(value, {}) : "<no value>";
}

}  // namespace cli
