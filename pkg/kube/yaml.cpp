#include "pkg/kube/yaml.hpp"

#include "pkg/base/error.hpp"

#include <fmt/core.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <map>
#include <sstream>
#include <utility>

// The door of yaml-cpp. We take its events and not its nodes: so we have line numbers, order and
// keys said twice, and can count while aliases unfold.
namespace kube {
namespace {

constexpr std::size_t kTextLimit = std::size_t{4} << 20U;
constexpr std::size_t kNodeLimit = 100'000;
constexpr std::size_t kByteLimit = std::size_t{32} << 20U;
constexpr std::size_t kMemberLimit = 10'000;
constexpr int kDepthLimit = 100;

constexpr const char* kTagPrefix = "tag:yaml.org,2002:";

// How much a value adds when it is copied for an alias.
struct Weight {
  std::size_t nodes = 1;
  std::size_t bytes = 0;
  int depth = 1;
};

Weight weigh(const Node& node) {  // NOLINT(misc-no-recursion): bounded by kDepthLimit
  Weight weight{.nodes = 1, .bytes = node.text.size(), .depth = 1};
  const auto add = [&](const Node& child) {
    const Weight more = weigh(child);
    weight.nodes += more.nodes;
    weight.bytes += more.bytes;
    weight.depth = std::max(weight.depth, more.depth + 1);
  };
  for (const Node& item : node.items)
    add(item);
  for (const Node::Member& member : node.members) {
    weight.bytes += member.key.size();
    add(member.value);
  }
  return weight;
}

class Builder : public YAML::EventHandler {
 public:
  explicit Builder(const std::string& file) : file_(file) {}

  // The document's root; an empty document is null.
  Node take() { return std::exchange(root_, Node{}); }

  void OnDocumentStart(const YAML::Mark& /*mark*/) override {
    open_.clear();
    anchors_.clear();
    root_ = Node{};
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(make(mark, Node::Kind::Null), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) fail(mark.line + 1, "an alias inside of what it stands for");
    const Weight weight = weigh(found->second);
    count(mark.line + 1, weight.nodes, weight.bytes);
    check_depth(mark.line + 1, weight.depth);
    Node copy = found->second;
    copy.line = mark.line + 1;
    add(std::move(copy), 0);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Node node = make(mark, Node::Kind::Scalar);
    count(node.line, 0, value.size());
    node.text = value;
    node.plain = tag == "?" || is_tag(tag, "int") || is_tag(tag, "bool") || is_tag(tag, "float");
    if (!node.plain && tag != "!" && !is_tag(tag, "str")) fail(node.line, "tag not supported");
    add(std::move(node), anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    start(mark, tag, "seq", Node::Kind::Sequence, anchor);
  }
  void OnSequenceEnd() override { finish(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    start(mark, tag, "map", Node::Kind::Map, anchor);
  }
  void OnMapEnd() override { finish(); }

 private:
  struct Open {
    Node node;
    YAML::anchor_t anchor = 0;
    bool has_key = false;
    std::string key;
    int key_line = 0;
    std::map<std::string, int> lines;  // where each key was said
    std::vector<Node> merges;
  };

  [[noreturn]] void fail(int line, const std::string& message) const {
    throw base::Error(fmt::format("{}:{}: {}", file_, line, message));
  }

  static bool is_tag(const std::string& tag, const char* name) {
    return tag == std::string(kTagPrefix) + name;
  }

  Node make(const YAML::Mark& mark, Node::Kind kind) {
    Node node;
    node.kind = kind;
    node.line = mark.line + 1;
    count(node.line, 1, 0);
    return node;
  }

  void count(int line, std::size_t nodes, std::size_t bytes) {
    nodes_ += nodes;
    bytes_ += bytes;
    if (nodes_ > kNodeLimit) fail(line, fmt::format("more than {} values", kNodeLimit));
    if (bytes_ > kByteLimit) fail(line, fmt::format("more than {} MiB of text", kByteLimit >> 20U));
  }

  void check_depth(int line, int more) const {
    if (static_cast<int>(open_.size()) + more > kDepthLimit) {
      fail(line, fmt::format("nested deeper than {} levels", kDepthLimit));
    }
  }

  void start(const YAML::Mark& mark, const std::string& tag, const char* usual, Node::Kind kind,
             YAML::anchor_t anchor) {
    Open open;
    open.node = make(mark, kind);
    open.anchor = anchor;
    if (tag != "?" && tag != "!" && !is_tag(tag, usual)) fail(open.node.line, "tag not supported");
    check_depth(open.node.line, 1);
    open_.push_back(std::move(open));
  }

  void finish() {
    Open open = std::move(open_.back());
    open_.pop_back();
    for (Node& merge : open.merges)
      merge_into(open, std::move(merge));
    add(std::move(open.node), open.anchor);
  }

  // YAML 1.1's "<<": what the map does not say itself comes from the other.
  static void merge_into(Open& open, Node&& other) {
    for (Node::Member& member : other.members) {
      const bool is_new = open.lines.emplace(member.key, member.line).second;
      if (is_new) open.node.members.push_back(std::move(member));
    }
  }

  void take_merge(Open& open, Node&& value) {
    if (value.is_map()) {
      open.merges.push_back(std::move(value));
      return;
    }
    for (Node& item : value.items) {
      if (!item.is_map()) fail(open.key_line, "<< takes a map or a list of maps");
      open.merges.push_back(std::move(item));
    }
    if (!value.is_sequence()) fail(open.key_line, "<< takes a map or a list of maps");
  }

  // The copy that aliases are made of counts as well: anchors may stand inside of anchors.
  void remember(YAML::anchor_t anchor, const Node& node) {
    const Weight weight = weigh(node);
    count(node.line, weight.nodes, weight.bytes);
    anchors_[anchor] = node;
  }

  void take_key(Open& open, const Node& key) const {
    if (key.kind != Node::Kind::Scalar) fail(key.line, "a key has to be a word");
    if (open.node.members.size() >= kMemberLimit) fail(key.line, "too many keys in one map");
    const auto [first, is_new] = open.lines.emplace(key.text, key.line);
    if (!is_new && key.text != "<<") {
      fail(key.line, fmt::format("{} is said twice, first in line {}", key.text, first->second));
    }
    open.key = key.text;
    open.key_line = key.line;
    open.has_key = true;
  }

  void add(Node&& node, YAML::anchor_t anchor) {
    if (anchor != 0) remember(anchor, node);
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& open = open_.back();
    if (open.node.is_sequence()) {
      open.node.items.push_back(std::move(node));
    } else if (!open.has_key) {
      take_key(open, node);
    } else {
      open.has_key = false;
      if (open.key == "<<") {
        take_merge(open, std::move(node));
      } else {
        open.node.members.push_back({open.key, open.key_line, std::move(node)});
      }
    }
  }

  const std::string& file_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, Node> anchors_;
  Node root_;
  std::size_t nodes_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace

std::vector<Node> parse_yaml(const std::string& text, const std::string& file) {
  if (text.size() > kTextLimit) {
    throw base::Error(fmt::format("{}: larger than {} MiB", file, kTextLimit >> 20U));
  }
  std::istringstream stream(text);
  std::vector<Node> documents;
  try {
    YAML::Parser parser(stream);
    Builder builder(file);
    while (parser.HandleNextDocument(builder)) {
      Node root = builder.take();
      if (root.kind != Node::Kind::Null) documents.push_back(std::move(root));
    }
  } catch (const YAML::Exception& error) {
    const int line = error.mark.is_null() ? 1 : error.mark.line + 1;
    throw base::Error(fmt::format("{}:{}: not YAML: {}", file, line, error.msg));
  }
  return documents;
}

}  // namespace kube
