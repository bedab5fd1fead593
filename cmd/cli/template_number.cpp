#include "cmd/cli/template_print.hpp"
#include "cmd/cli/template_rune.hpp"
#include "pkg/base/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>

namespace cli {
namespace {

std::string digits_of(std::uint64_t magnitude, char verb) {
  switch (verb) {
    case 'b':
      return fmt::format("{:b}", magnitude);
    case 'o':
    case 'O':
      return fmt::format("{:o}", magnitude);
    case 'x':
      return fmt::format("{:x}", magnitude);
    case 'X':
      return fmt::format("{:X}", magnitude);
    default:
      return std::to_string(magnitude);
  }
}

std::string prefix_of(char verb, bool is_sharp) {
  if (verb == 'O') return "0o";
  if (!is_sharp) return "";
  if (verb == 'b') return "0b";
  if (verb == 'o') return "0";
  return verb == 'x' || verb == 'X' ? std::string("0") + verb : "";
}

std::string_view sign_of(bool is_negative, const Directive& directive) {
  if (is_negative) return "-";
  if (directive.verb == "v") return "";  // there the sign asks for the names of fields
  if (directive.has_sign) return "+";
  return directive.has_space ? " " : "";
}

// A number as a character: %c, %q, %U.
std::string print_rune(std::int64_t number, const Directive& directive) {
  const bool is_rune = number >= 0 && number <= 0x10FFFF;
  const char32_t rune = is_rune ? static_cast<char32_t>(number) : kBadRune;
  if (directive.verb == "c") return padded(rune_text(rune), directive);
  if (directive.verb == "q") return padded(quoted_rune(rune), directive);
  std::string text = fmt::format("U+{:04X}", static_cast<std::uint64_t>(number));
  if (directive.is_sharp && is_rune) text += " '" + rune_text(rune) + "'";
  return padded(std::move(text), directive);
}

// The shortest digits that say the number, as Go's %g lays them out.
std::string shortest(double magnitude) {
  constexpr int kMostPlain = 6;  // digits; more are written with an exponent
  char text[64];
  const auto wide =
      std::to_chars(text, text + sizeof text, magnitude, std::chars_format::scientific);
  const std::string scientific(text, wide.ptr);
  const int exponent = std::atoi(scientific.substr(scientific.find('e') + 1).c_str());
  if (exponent < -4 || exponent >= kMostPlain) return scientific;
  const auto plain = std::to_chars(text, text + sizeof text, magnitude, std::chars_format::fixed);
  return {text, plain.ptr};
}

}  // namespace

std::string print_integer(const base::Json& number, const Directive& directive) {
  const std::int64_t value = number.is_large() ? 0 : number.as_integer();
  const char verb = directive.verb[0];
  if (std::string_view("cqU").find(verb) != std::string_view::npos) {
    return print_rune(number.is_large() ? -1 : value, directive);
  }
  const bool is_negative = value < 0;
  const std::uint64_t magnitude = number.is_large() ? number.as_unsigned()
                                  : is_negative     ? 0 - static_cast<std::uint64_t>(value)
                                                    : static_cast<std::uint64_t>(value);
  std::string digits = digits_of(magnitude, verb);
  const std::string sign(sign_of(is_negative, directive));
  Directive rest = directive;
  rest.is_zero = false;
  std::size_t least = directive.precision.value_or(0);
  if (directive.precision == std::size_t{0} && magnitude == 0) {
    return padded("", rest);
  }
  if (!directive.precision && directive.is_zero)
    least = directive.width - std::min(directive.width, sign.size());
  if (digits.size() < least) digits.insert(0, least - digits.size(), '0');
  std::string prefix = prefix_of(verb, directive.is_sharp);
  if (verb == 'o' && digits.starts_with('0')) prefix.clear();
  return padded(sign + prefix + digits, rest);
}

std::string print_decimal(double number, const Directive& directive) {
  const char verb = directive.verb == "v"      ? 'g'
                    : directive.verb[0] == 'F' ? 'f'
                                               : directive.verb[0];
  const double magnitude = std::fabs(number);
  std::string text;
  if ((verb == 'g' || verb == 'G') && !directive.precision) {
    text = shortest(magnitude);
  } else {
    const int precision = static_cast<int>(directive.precision.value_or(6));
    const char form = verb == 'E' ? 'e' : verb == 'G' ? 'g' : verb;
    const auto format = [&](char* to, std::size_t size) {
      const char wanted[] = {'%', '.', '*', form, '\0'};
      return std::snprintf(to, size, wanted, precision, magnitude);  // NOLINT
    };
    text.resize(static_cast<std::size_t>(format(nullptr, 0)) + 1);
    format(text.data(), text.size());
    text.pop_back();
  }
  if (verb == 'E' || verb == 'G') text = base::upper(text);
  const std::string sign(sign_of(std::signbit(number), directive));
  if (directive.is_zero && sign.size() + text.size() < directive.width) {
    text.insert(0, directive.width - sign.size() - text.size(), '0');
  }
  return padded(sign + text, directive);
}

}  // namespace cli
