#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Text as Go looks at it: code points in UTF-8.
namespace cli {

constexpr char32_t kBadRune = 0xFFFD;  // in place of bytes that are not UTF-8

// The first code point, taken off `text`, which is not empty.
char32_t take_rune(std::string_view& text);

std::string rune_text(char32_t rune);
std::size_t count_runes(std::string_view text);

// The first `most` code points.
std::string first_runes(std::string_view text, std::size_t most);

// As Go writes a string constant (%q): "a\n".
std::string quoted(std::string_view text);
std::string quoted_rune(char32_t rune);

}  // namespace cli
