#include "pkg/base/size.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"

#include <fmt/core.h>

#include <array>

namespace base {
namespace {

template <std::size_t N>
std::string scaled(double value, double step, const std::array<std::string_view, N>& units,
                   std::string_view gap) {
  std::size_t unit = 0;
  while (value >= step && unit + 1 < N) {
    value /= step;
    ++unit;
  }
  return fmt::format("{:.4g}{}{}", value, gap, units.at(unit));
}

}  // namespace

std::int64_t parse_size(std::string_view text) {
  constexpr std::string_view kUnits = "bkmgtp";
  const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
  const auto number = parse_number(text.substr(0, digits));
  std::string unit = lower(trim(text.substr(digits)));
  if (unit.size() > 1 && unit.ends_with("b")) unit.pop_back();
  if (unit.size() > 1 && unit.ends_with("i")) unit.pop_back();
  const std::size_t power = unit.empty() ? 0 : kUnits.find(unit);
  if (!number || unit.size() > 1 || power == std::string_view::npos) {
    throw Error(fmt::format("size {}: not a number with b, k, m, g, t or p behind it", text));
  }
  const double bytes = *number * static_cast<double>(std::int64_t{1} << (10 * power));
  if (bytes > 9.2e18) throw Error(fmt::format("size {}: too large", text));
  return static_cast<std::int64_t>(bytes);
}

std::string human_size(std::int64_t bytes) {
  constexpr std::array<std::string_view, 6> kUnits = {"B", "kB", "MB", "GB", "TB", "PB"};
  return scaled(static_cast<double>(bytes), 1000, kUnits, " ");
}

std::string human_size_binary(std::int64_t bytes) {
  constexpr std::array<std::string_view, 6> kUnits = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  return scaled(static_cast<double>(bytes), 1024, kUnits, "");
}

}  // namespace base
