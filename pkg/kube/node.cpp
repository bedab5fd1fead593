#include "pkg/kube/node.hpp"

#include "pkg/base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace kube {
namespace {

using Words = std::array<std::string_view, 9>;

constexpr Words kTrue = {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"};
constexpr Words kFalse = {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"};

bool contains(const Words& words, std::string_view text) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

// Length first, so that no two values can read the same.
void append(std::string& out, char kind, std::string_view text) {
  out += kind;
  out += std::to_string(text.size());
  out += ':';
  out += text;
}

}  // namespace

bool Node::is_empty() const {
  return kind == Kind::Null || (kind != Kind::Scalar && items.empty() && members.empty());
}

const Node* Node::find(std::string_view key) const {
  for (const Member& member : members) {
    if (member.key == key) return member.value.kind == Kind::Null ? nullptr : &member.value;
  }
  return nullptr;
}

std::optional<bool> Node::as_bool() const {
  if (kind != Kind::Scalar || !plain) return std::nullopt;
  if (contains(kTrue, text)) return true;
  if (contains(kFalse, text)) return false;
  return std::nullopt;
}

std::optional<std::int64_t> Node::as_integer() const {
  if (kind != Kind::Scalar || !plain || text.empty()) return std::nullopt;
  std::string_view digits = text;
  const bool negative = digits.front() == '-';
  if (negative || digits.front() == '+') digits.remove_prefix(1);
  int base = 10;
  if (digits.starts_with("0x")) base = 16;
  if (digits.starts_with("0o")) base = 8;
  if (digits.starts_with("0b")) base = 2;
  if (base != 10) {
    digits.remove_prefix(2);
  } else if (digits.size() > 1 && digits.front() == '0') {
    base = 8;  // as the file modes of volumes are written: 0644
  }
  std::int64_t value = 0;
  const char* end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, value, base);
  if (error != std::errc() || rest != end || digits.empty() || digits.front() == '-') {
    return std::nullopt;
  }
  return negative ? -value : value;
}

bool Node::is_number() const {
  if (kind != Kind::Scalar || !plain) return false;
  const std::string_view digits = text.starts_with('+') ? std::string_view(text).substr(1) : text;
  return as_integer().has_value() || base::parse_number(digits).has_value() || text == ".inf" ||
         text == ".nan" || text == "-.inf";
}

bool Node::is_string() const {
  return kind == Kind::Scalar && !as_bool().has_value() && !is_number();
}

std::string_view Node::describe() const {
  if (kind == Kind::Null) return "nothing";
  if (kind == Kind::Sequence) return "a list";
  if (kind == Kind::Map) return "a map";
  if (as_bool()) return "true or false";
  return is_number() ? "a number" : "a string";
}

// Its depth is bounded by the parser.
std::string Node::normalised() const {  // NOLINT(misc-no-recursion)
  std::string out;
  if (kind == Kind::Scalar) append(out, is_string() ? 's' : 'p', text);
  if (kind == Kind::Sequence) {
    append(out, 'l', std::to_string(items.size()));
    for (const Node& item : items)
      out += item.normalised();
  }
  if (kind == Kind::Map) {
    std::vector<const Member*> sorted;
    for (const Member& member : members) {
      if (member.value.kind != Kind::Null) sorted.push_back(&member);
    }
    std::sort(sorted.begin(), sorted.end(),
              [](const Member* a, const Member* b) { return a->key < b->key; });
    append(out, 'm', std::to_string(sorted.size()));
    for (const Member* member : sorted) {
      append(out, 'k', member->key);
      out += member->value.normalised();
    }
  }
  if (kind == Kind::Null) out += 'n';
  return out;
}

}  // namespace kube
