#include "cmd/cli/template_functions.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <string>

namespace cli {
namespace {

// "%-10.3s": everything but the percent sign.
struct Directive {
  bool is_left = false;
  bool is_zero = false;
  std::size_t width = 0;
  std::size_t precision = std::string::npos;
  char verb = 'v';
};

std::size_t read_number(std::string_view text, std::size_t& at) {
  constexpr std::size_t kMost = 1000;
  std::size_t number = 0;
  for (; at < text.size() && std::isdigit(static_cast<unsigned char>(text[at])) != 0; ++at)
    number = std::min(kMost, number * 10 + static_cast<std::size_t>(text[at] - '0'));
  return number;
}

// Reads what follows a percent sign; `at` ends behind the verb.
Directive read_directive(std::string_view text, std::size_t& at) {
  Directive directive;
  for (; at < text.size() && std::string_view("-+ 0#").find(text[at]) != std::string_view::npos;
       ++at) {
    directive.is_left = directive.is_left || text[at] == '-';
    directive.is_zero = directive.is_zero || text[at] == '0';
  }
  directive.width = read_number(text, at);
  if (at < text.size() && text[at] == '.') {
    ++at;
    directive.precision = read_number(text, at);
  }
  if (at == text.size()) throw base::Error("template: printf: a verb is missing at the end");
  directive.verb = text[at++];
  return directive;
}

std::string hexadecimal(Value value, bool is_upper) {
  std::string text;
  if (value->is_integer()) {
    text = fmt::format("{:x}", value->as_integer());
  } else {
    for (const char c : print_text(value))
      text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  }
  return is_upper ? base::upper(text) : text;
}

std::string convert(Value value, const Directive& directive) {
  std::string wrong = fmt::format("%!{}({})", directive.verb, print_text(value));
  if (value == nullptr) return wrong;
  const std::size_t precision = directive.precision == std::string::npos ? 6 : directive.precision;
  switch (directive.verb) {
    case 'v':
    case 's':
      return print_text(value).substr(0, directive.precision);
    case 'q':
      return base::Json(print_text(value)).dump();
    case 'd':
      return value->is_integer() ? print_text(value) : wrong;
    case 't':
      return value->is_bool() ? print_text(value) : wrong;
    case 'c':
      return value->is_integer() ? std::string(1, static_cast<char>(value->as_integer())) : wrong;
    case 'f':
      return value->is_number() ? fmt::format("{:.{}f}", value->as_number(), precision) : wrong;
    case 'x':
    case 'X':
      return hexadecimal(value, directive.verb == 'X');
    default:
      return wrong;
  }
}

std::string padded(std::string text, const Directive& directive) {
  if (text.size() >= directive.width) return text;
  const std::size_t missing = directive.width - text.size();
  if (directive.is_left) return text + std::string(missing, ' ');
  return std::string(missing, directive.is_zero ? '0' : ' ') + text;
}

}  // namespace

std::string print_formatted(const std::vector<Value>& arguments) {
  if (arguments[0] == nullptr || !arguments[0]->is_string()) {
    throw base::Error("template: printf: the format is not a string");
  }
  const std::string& format = arguments[0]->as_string();
  std::string out;
  std::size_t next = 1;
  for (std::size_t at = 0; at < format.size();) {
    if (format[at] != '%') {
      out += format[at++];
      continue;
    }
    const Directive directive = read_directive(format, ++at);
    if (directive.verb == '%') {
      out += '%';
    } else if (next < arguments.size()) {
      out += padded(convert(arguments[next++], directive), directive);
    } else {
      out += fmt::format("%!{}(MISSING)", directive.verb);
    }
  }
  return out;
}

}  // namespace cli
