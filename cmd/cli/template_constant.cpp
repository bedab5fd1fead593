#include "cmd/cli/template_constant.hpp"

#include "cmd/cli/template_rune.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>

namespace cli::tree {
namespace {

constexpr char32_t kLastRune = 0x10FFFF;

// A number of exactly `digits` digits to `base`, taken off `text`.
std::optional<char32_t> take_number(std::string_view& text, std::size_t digits, int base) {
  if (text.size() < digits) return std::nullopt;
  std::uint32_t value = 0;
  const char* const end = text.data() + digits;
  const auto [rest, error] = std::from_chars(text.data(), end, value, base);
  if (error != std::errc() || rest != end) return std::nullopt;
  text.remove_prefix(digits);
  return static_cast<char32_t>(value);
}

// A character behind a backslash; what is a byte rather than a code point goes into the text as
// it is.
std::optional<std::string> take_escape(std::string_view& text, char quote) {
  constexpr std::string_view kFrom = "abfnrtv\\";
  constexpr std::string_view kTo = "\a\b\f\n\r\t\v\\";
  if (text.empty()) return std::nullopt;
  const char c = text.front();
  std::optional<char32_t> value;
  if (c >= '0' && c <= '7') {
    value = take_number(text, 3, 8);
    if (!value || *value > 0xFF) return std::nullopt;
    return std::string(1, static_cast<char>(*value));
  }
  text.remove_prefix(1);
  if (c == quote) return std::string(1, quote);
  if (const std::size_t at = kFrom.find(c); at != std::string_view::npos) {
    return std::string(1, kTo[at]);
  }
  if (c == 'x') {
    value = take_number(text, 2, 16);
    return value ? std::optional(std::string(1, static_cast<char>(*value))) : std::nullopt;
  }
  if (c == 'u') value = take_number(text, 4, 16);
  if (c == 'U') value = take_number(text, 8, 16);
  const bool is_half = value && *value >= 0xD800 && *value < 0xE000;
  if (!value || *value > kLastRune || is_half) return std::nullopt;
  return rune_text(*value);
}

std::string unquoted(std::string_view literal) {
  const char quote = literal.front();
  std::string_view rest = literal.substr(1, literal.size() - 2);
  std::string out;
  while (!rest.empty()) {
    const char c = rest.front();
    rest.remove_prefix(1);
    if (c != '\\') {
      out += c;
      continue;
    }
    const std::optional<std::string> escaped = take_escape(rest, quote);
    if (!escaped) throw base::Error(fmt::format("{}: invalid syntax", literal));
    out += *escaped;
  }
  return out;
}

std::optional<base::Json> whole_number(std::string digits, bool is_negative) {
  int base = 10;
  std::size_t skip = 0;
  if (digits.size() > 1 && digits[0] == '0') {
    const char kind = static_cast<char>(std::tolower(static_cast<unsigned char>(digits[1])));
    base = kind == 'x' ? 16 : kind == 'b' ? 2 : 8;
    skip = kind == 'x' || kind == 'b' || kind == 'o' ? 2 : 1;
  }
  std::uint64_t value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data() + skip, end, value, base);
  if (error == std::errc::result_out_of_range || (error == std::errc() && value > INT64_MAX)) {
    throw base::Error(fmt::format("{} overflows int", digits));
  }
  if (error != std::errc() || rest != end) return std::nullopt;
  const auto number = static_cast<std::int64_t>(value);
  return base::Json(is_negative ? -number : number);
}

}  // namespace

std::string string_constant(std::string_view literal) {
  if (literal.front() != '`') return unquoted(literal);
  std::string raw(literal.substr(1, literal.size() - 2));
  raw.erase(std::remove(raw.begin(), raw.end(), '\r'), raw.end());
  return raw;
}

std::int64_t character_constant(std::string_view literal) {
  const std::string text = unquoted(literal);
  std::string_view rest = text;
  const bool is_byte = literal.starts_with("'\\x") || (literal.size() > 3 && literal[1] == '\\' &&
                                                       literal[2] >= '0' && literal[2] <= '7');
  if (is_byte && text.size() == 1) return static_cast<unsigned char>(text[0]);
  const char32_t rune = text.empty() ? 0 : take_rune(rest);
  if (text.empty() || !rest.empty()) {
    throw base::Error(fmt::format("malformed character constant: {}", literal));
  }
  return static_cast<std::int64_t>(rune);
}

base::Json number_constant(std::string_view literal) {
  std::string digits(literal);
  const bool is_negative = digits.starts_with('-');
  if (is_negative || digits.starts_with('+')) digits.erase(0, 1);
  digits.erase(std::remove(digits.begin(), digits.end(), '_'), digits.end());
  if (const std::optional<base::Json> whole = whole_number(digits, is_negative)) return *whole;
  const bool is_decimal = digits.find_first_of("xXbBoO") == std::string::npos;
  const std::optional<double> number = base::parse_number(digits);
  if (!is_decimal || !number ||
      !(std::isdigit(static_cast<unsigned char>(digits[0])) != 0 || digits[0] == '.')) {
    throw base::Error(fmt::format("bad number syntax: \"{}\"", literal));
  }
  return base::Json(is_negative ? -*number : *number);
}

}  // namespace cli::tree
