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

}  // namespace

std::optional<Quantity> Quantity::parse(std::string_view text) {
  Quantity quantity;
  quantity.negative_ = text.starts_with('-');
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);

  std::size_t at = 0;
  bool any = false;
  bool point = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9') break;
    any = true;
    if (__builtin_mul_overflow(quantity.digits_, 10U, &quantity.digits_) ||
        __builtin_add_overflow(quantity.digits_, static_cast<unsigned>(c - '0'),
                               &quantity.digits_)) {
      return std::nullopt;
    }
    if (point) --quantity.power10_;
  }
  const auto powers = any ? parse_suffix(text.substr(at)) : std::nullopt;
  if (!powers) return std::nullopt;
  quantity.power10_ += powers->first;
  quantity.power2_ = powers->second;
  return quantity;
}

std::optional<std::int64_t> Quantity::scaled(int power10) const {
  std::uint64_t value = digits_;
  int tens = power10_ + power10;
  int twos = power2_;
  while (value != 0 && twos > 0) {
    // A factor of ten that is divided away later is divided away first, as far as it goes.
    if (tens < 0 && value % 5 == 0) {
      value /= 5;
      ++tens;
      --twos;
    } else if (__builtin_mul_overflow(value, 2U, &value)) {
      return std::nullopt;
    } else {
      --twos;
    }
  }
  for (; value != 0 && tens > 0; --tens) {
    if (__builtin_mul_overflow(value, 10U, &value)) return std::nullopt;
  }
  bool rest = false;
  for (; value != 0 && tens < 0; ++tens) {
    rest = rest || value % 10 != 0;
    value /= 10;
  }
  if (rest) ++value;
  if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return std::nullopt;
  }
  return negative_ ? -static_cast<std::int64_t>(value) : static_cast<std::int64_t>(value);
}

}  // namespace kube
