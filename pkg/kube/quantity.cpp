#include "pkg/kube/quantity.hpp"

#include "pkg/base/text.hpp"

#include <array>
#include <limits>
#include <utility>

namespace kube {
namespace {

struct Suffix {
  std::string_view text;
  int power10;
  int power2;
};

constexpr std::array<Suffix, 16> kSuffixes = {{{"", 0, 0},
                                               {"n", -9, 0},
                                               {"u", -6, 0},
                                               {"m", -3, 0},
                                               {"k", 3, 0},
                                               {"M", 6, 0},
                                               {"G", 9, 0},
                                               {"T", 12, 0},
                                               {"P", 15, 0},
                                               {"E", 18, 0},
                                               {"Ki", 0, 10},
                                               {"Mi", 0, 20},
                                               {"Gi", 0, 30},
                                               {"Ti", 0, 40},
                                               {"Pi", 0, 50},
                                               {"Ei", 0, 60}}};

// "Mi", "e3": the two powers it stands for.
std::optional<std::pair<int, int>> parse_suffix(std::string_view text) {
  for (const Suffix& suffix : kSuffixes) {
    if (suffix.text == text) return std::pair(suffix.power10, suffix.power2);
  }
  if (text.front() != 'e' && text.front() != 'E') return std::nullopt;
  text.remove_prefix(1);
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto power = base::parse_integer(text);
  if (!power || *power < -100 || *power > 100) return std::nullopt;
  return std::pair(static_cast<int>(*power), 0);
}

// value * factor, unless that is too much.
bool multiply(std::uint64_t& value, unsigned factor) {
  return !__builtin_mul_overflow(value, factor, &value);
}

// value / 10^times, rounded up.
std::uint64_t divide_up(std::uint64_t value, int times) {
  bool has_rest = false;
  for (; value != 0 && times > 0; --times) {
    has_rest = has_rest || value % 10 != 0;
    value /= 10;
  }
  return value + (has_rest ? 1 : 0);
}

}  // namespace

std::size_t Quantity::take_digits(std::string_view text) {
  std::size_t at = 0;
  bool has_point = false;
  bool has_digit = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '.' && !has_point) {
      has_point = true;
      continue;
    }
    if (c < '0' || c > '9') break;
    has_digit = true;
    const auto digit = static_cast<unsigned>(c - '0');
    if (!multiply(digits_, 10) || __builtin_add_overflow(digits_, digit, &digits_)) return 0;
    if (has_point) --power10_;
  }
  return has_digit ? at : 0;
}

std::optional<Quantity> Quantity::parse(std::string_view text) {
  Quantity quantity;
  quantity.negative_ = text.starts_with('-');
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  const std::size_t length = quantity.take_digits(text);
  if (length == 0) return std::nullopt;
  const auto powers = parse_suffix(text.substr(length));
  if (!powers) return std::nullopt;
  quantity.power10_ += powers->first;
  quantity.power2_ = powers->second;
  return quantity;
}

std::optional<std::int64_t> Quantity::scaled(int power10) const {
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (digits_ == 0) return 0;
  std::uint64_t value = digits_;
  int tens = power10_ + power10;
  int twos = power2_;
  // Half of a ten that is divided away below is divided away here, before the number grows.
  for (; twos > 0 && tens < 0 && value % 5 == 0; --twos, ++tens)
    value /= 5;
  for (; twos > 0; --twos)
    if (!multiply(value, 2)) return std::nullopt;
  for (; tens > 0; --tens)
    if (!multiply(value, 10)) return std::nullopt;
  value = divide_up(value, -tens);
  if (value > kMost) return std::nullopt;
  return negative_ ? -static_cast<std::int64_t>(value) : static_cast<std::int64_t>(value);
}

}  // namespace kube
