#include "pkg/kube/reader.hpp"

#include "pkg/kube/check.hpp"

#include <fmt/core.h>

namespace kube {

std::string Reader::place() const {
  return fmt::format("{}:{}", report_->file(), line());
}

Reader Reader::at(std::string_view key) const {
  return {node_ == nullptr ? nullptr : node_->find(key), join(path_, key), *report_};
}

std::vector<Reader> Reader::items() const {
  std::vector<Reader> out;
  if (node_ == nullptr) return out;
  for (std::size_t i = 0; i < node_->items.size(); ++i)
    out.emplace_back(&node_->items[i], join(path_, i), *report_);
  return out;
}

std::string Reader::text() const {
  return node_ == nullptr ? "" : node_->text;
}

bool Reader::flag(std::string_view key, bool fallback) const {
  const Reader member = at(key);
  return member ? member.node_->as_bool().value_or(fallback) : fallback;
}

std::optional<std::int64_t> Reader::number() const {
  return node_ == nullptr ? std::nullopt : node_->as_integer();
}

std::optional<std::int64_t> Reader::number(std::string_view key, std::int64_t least,
                                           std::int64_t most) const {
  const Reader member = at(key);
  const auto value = member.number();
  if (!value || (*value >= least && *value <= most)) return value;
  member.error(fmt::format("{} is not between {} and {}", *value, least, most));
  return std::nullopt;
}

std::vector<std::string> Reader::texts(std::string_view key) const {
  std::vector<std::string> out;
  for (const Reader& item : at(key).items())
    out.push_back(item.text());
  return out;
}

std::map<std::string, std::string> Reader::map(std::string_view key) const {
  std::map<std::string, std::string> out;
  const Reader member = at(key);
  if (!member) return out;
  for (const Node::Member& entry : member.node_->members)
    out.emplace(entry.key, entry.value.text);
  return out;
}

std::optional<std::size_t> Reader::choice(std::string_view key,
                                          std::initializer_list<std::string_view> words) const {
  const Reader member = at(key);
  if (!member) return std::nullopt;
  std::size_t at = 0;
  for (const std::string_view word : words) {
    if (member.text() == word) return at;
    ++at;
  }
  std::vector<std::string> known;
  for (const std::string_view word : words) {
    if (!word.empty()) known.emplace_back(word);
  }
  member.error(not_one_of(member.text(), known));
  return std::nullopt;
}

void Reader::error(std::string_view message) const {
  report_->error(line(), path_, message);
}

void Reader::notice(std::string_view message) const {
  report_->notice(line(), path_, message);
}

}  // namespace kube
