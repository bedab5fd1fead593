#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kube {

// A YAML value with the line it stands on. Anchors, aliases and merge keys are resolved already.
struct Node {
  enum class Kind { Null, Scalar, Sequence, Map };
  struct Member;

  Kind kind = Kind::Null;
  std::string text;    // of a scalar
  bool plain = false;  // a scalar without quotes: may be a number, true or false
  int line = 0;        // from 1
  std::vector<Node> items;
  std::vector<Member> members;  // in the order of the text, no key twice

  bool is_map() const { return kind == Kind::Map; }
  bool is_sequence() const { return kind == Kind::Sequence; }

  // Null, an empty list or an empty map: it asks for nothing.
  bool is_empty() const;

  // The member; nothing when it is missing or null, or when this is not a map.
  const Node* find(std::string_view key) const;

  // What a scalar is in YAML 1.1, which Kubernetes reads: `yes` is true, `8080` a number, both are
  // strings only in quotes.
  std::optional<bool> as_bool() const;
  std::optional<std::int64_t> as_integer() const;
  bool is_number() const;
  bool is_string() const;

  // "a string", "a list", ...: for messages.
  std::string_view describe() const;

  // One text for all spellings of the same value: keys sorted, comments and style gone.
  std::string normalised() const;
};

struct Node::Member {
  std::string key;
  int line = 0;
  Node value;
};

}  // namespace kube
