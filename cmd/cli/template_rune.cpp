#include "cmd/cli/template_rune.hpp"

#include <fmt/core.h>

namespace cli {
namespace {

// How many bytes follow the first of a code point; -1 for none that begins one.
int followers(unsigned char first) {
  if (first < 0x80) return 0;
  if (first >= 0xC2 && first < 0xE0) return 1;
  if (first >= 0xE0 && first < 0xF0) return 2;
  return first >= 0xF0 && first < 0xF5 ? 3 : -1;
}

bool is_valid(char32_t rune, int count) {
  constexpr char32_t kLeast[] = {0, 0x80, 0x800, 0x10000};
  const bool is_half = rune >= 0xD800 && rune < 0xE000;
  return rune >= kLeast[count] && rune <= 0x10FFFF && !is_half;
}

// Close to what unicode.IsPrint says: neither controls nor blanks but the space.
bool is_printable(char32_t rune) {
  const bool is_control = rune < 0x20 || (rune >= 0x7F && rune <= 0xA0) || rune == 0xAD;
  const bool is_blank = rune == 0x1680 || (rune >= 0x2000 && rune <= 0x200F) ||
                        (rune >= 0x2028 && rune <= 0x202F) || (rune >= 0x205F && rune <= 0x206F) ||
                        rune == 0x3000 || rune == 0xFEFF;
  const bool is_private = (rune >= 0xE000 && rune < 0xF900) || rune >= 0xE0000;
  return !is_control && !is_blank && !is_private;
}

std::string escaped(char32_t rune, char quote) {
  constexpr std::string_view kFrom = "\a\b\f\n\r\t\v\\";
  constexpr std::string_view kTo = "abfnrtv\\";
  if (rune == static_cast<char32_t>(quote)) return {'\\', quote};
  if (rune < 0x80) {
    const std::size_t at = kFrom.find(static_cast<char>(rune));
    if (at != std::string_view::npos) return {'\\', kTo[at]};
  }
  if (is_printable(rune)) return rune_text(rune);
  const auto number = static_cast<unsigned>(rune);
  if (number < 0x20 || number == 0x7F) return fmt::format("\\x{:02x}", number);
  return number < 0x10000 ? fmt::format("\\u{:04x}", number) : fmt::format("\\U{:08x}", number);
}

}  // namespace

char32_t take_rune(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text.front());
  const int count = followers(first);
  text.remove_prefix(1);
  if (count == 0) return first;
  if (count < 0 || text.size() < static_cast<std::size_t>(count)) return kBadRune;
  char32_t rune = first & (0x3FU >> static_cast<unsigned>(count));
  for (int i = 0; i < count; ++i) {
    const auto next = static_cast<unsigned char>(text[static_cast<std::size_t>(i)]);
    if ((next & 0xC0U) != 0x80U) return kBadRune;
    rune = (rune << 6U) | (next & 0x3FU);
  }
  if (!is_valid(rune, count)) return kBadRune;
  text.remove_prefix(static_cast<std::size_t>(count));
  return rune;
}

std::string rune_text(char32_t rune) {
  if (rune > 0x10FFFF || (rune >= 0xD800 && rune < 0xE000)) rune = kBadRune;
  const auto tail = [rune](unsigned shift) {
    return static_cast<char>(0x80U | ((rune >> shift) & 0x3FU));
  };
  if (rune < 0x80) return {static_cast<char>(rune)};
  if (rune < 0x800) return {static_cast<char>(0xC0U | (rune >> 6U)), tail(0)};
  if (rune < 0x10000) return {static_cast<char>(0xE0U | (rune >> 12U)), tail(6), tail(0)};
  return {static_cast<char>(0xF0U | (rune >> 18U)), tail(12), tail(6), tail(0)};
}

std::size_t count_runes(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count)
    take_rune(text);
  return count;
}

std::string first_runes(std::string_view text, std::size_t most) {
  std::string_view rest = text;
  for (std::size_t i = 0; i < most && !rest.empty(); ++i)
    take_rune(rest);
  return std::string(text.substr(0, text.size() - rest.size()));
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const std::string_view before = text;
    const char32_t rune = take_rune(text);
    const bool is_bad = rune == kBadRune && before.size() - text.size() == 1;
    out += is_bad ? fmt::format("\\x{:02x}", static_cast<unsigned char>(before[0]))
                  : escaped(rune, '"');
  }
  return out + '"';
}

std::string quoted_rune(char32_t rune) {
  return "'" + escaped(rune > 0x10FFFF ? kBadRune : rune, '\'') + "'";
}

}  // namespace cli
