#pragma once

#include "pkg/kube/node.hpp"
#include "pkg/kube/report.hpp"

#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kube {

// A node together with its path, to read members from and to complain about. Members that are
// missing, or of a kind that the check has refused already, read as their fallback.
class Reader {
 public:
  Reader(const Node* node, std::string path, Report& report)
      : node_(node), path_(std::move(path)), report_(&report) {}

  explicit operator bool() const { return node_ != nullptr; }
  const Node* node() const { return node_; }
  const std::string& path() const { return path_; }
  Report& report() const { return *report_; }
  int line() const { return node_ == nullptr ? 0 : node_->line; }
  std::string place() const;  // "pod.yaml:12"

  Reader at(std::string_view key) const;
  std::vector<Reader> items() const;

  std::string text() const;
  std::string text(std::string_view key) const { return at(key).text(); }
  bool flag(std::string_view key, bool fallback = false) const;
  std::optional<std::int64_t> number() const;
  // Complains when it is not between `least` and `most`.
  std::optional<std::int64_t> number(std::string_view key, std::int64_t least,
                                     std::int64_t most) const;
  std::vector<std::string> texts(std::string_view key) const;
  std::map<std::string, std::string> map(std::string_view key) const;

  // The member's place among `words`; complains, with a suggestion, when it is none of them.
  std::optional<std::size_t> choice(std::string_view key,
                                    std::initializer_list<std::string_view> words) const;

  void error(std::string_view message) const;
  void notice(std::string_view message) const;

 private:
  const Node* node_;
  std::string path_;
  Report* report_;
};

constexpr std::int64_t kMostNumber = std::int64_t{1} << 53U;

}  // namespace kube
