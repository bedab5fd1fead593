#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace base {

// "a,,b" at ',' gives "a", "", "b"; an empty text gives one empty part.
std::vector<std::string> split(std::string_view text, char separator);

// The parts before and after the first separator; the second is empty-handed when there is none.
std::pair<std::string, std::optional<std::string>> split_once(std::string_view text,
                                                              char separator);

std::string join(std::span<const std::string> parts, std::string_view separator);

std::string_view trim(std::string_view text);  // spaces, tabs, line ends at both ends
std::string lower(std::string_view text);
std::string upper(std::string_view text);

// A whole decimal number and nothing else.
std::optional<std::int64_t> parse_integer(std::string_view text);
std::optional<double> parse_number(std::string_view text);

// Go's strconv.ParseBool: 1 t T TRUE true True, 0 f F FALSE false False.
std::optional<bool> parse_bool(std::string_view text);

// The candidate that a misspelt word most likely meant, if one is near enough.
std::optional<std::string> suggest(std::string_view word, std::span<const std::string> candidates);

// A shell word: quoted only where a shell needs it. For messages and `inspect`'s CreateCommand.
std::string shell_quote(std::string_view word);

}  // namespace base
