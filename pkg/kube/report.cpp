#include "pkg/kube/report.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace kube {
namespace {

std::string join_path(std::string_view path, std::string_view message) {
  return path.empty() ? std::string(message) : fmt::format("{}: {}", path, message);
}

}  // namespace

void Report::error(int line, std::string_view path, std::string_view message) {
  errors_.push_back({line, join_path(path, message)});
}

void Report::notice(int line, std::string_view path, std::string_view message) {
  notices_.push_back({line, join_path(path, message)});
}

std::vector<std::string> Report::texts(const std::vector<Line>& lines) const {
  std::vector<Line> sorted = lines;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Line& a, const Line& b) { return a.number < b.number; });
  std::vector<std::string> out;
  out.reserve(sorted.size());
  for (const Line& line : sorted)
    out.push_back(fmt::format("{}:{}: {}", file_, line.number, line.text));
  return out;
}

}  // namespace kube
