#include "cmd/cli/template_action.hpp"
#include "cmd/cli/template_token.hpp"
#include "cmd/cli/template_tree.hpp"
#include "pkg/base/error.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace cli::tree {
namespace {

constexpr int kDeepest = 100;  // blocks inside each other

class Parser {
 public:
  explicit Parser(std::string_view text) : pieces_(split_template(text)) { program_.text = text; }

  Program parse() {
    program_.nodes = list(0);
    if (at_ < pieces_.size()) here().fail(fmt::format("unexpected {{{{{}}}}}", closing()));
    return std::move(program_);
  }

 private:
  Action here() {
    static const Piece kNone{true, "", {}, 0};
    return {program_.text, at_ < pieces_.size() ? pieces_[at_] : kNone, known_};
  }

  // The word of the action that closes a block: "end", "else"; empty at the end of the text.
  std::string closing() const {
    return at_ < pieces_.size() ? pieces_[at_].tokens.front().text : std::string();
  }

  // Nodes up to the end, or to an action that closes the block.
  // NOLINTNEXTLINE(misc-no-recursion): as deep as the blocks, which are counted.
  std::vector<Node> list(int depth) {
    if (depth > kDeepest) here().fail("too many blocks inside each other");
    std::vector<Node> nodes;
    for (; at_ < pieces_.size(); ++at_) {
      const Piece& piece = pieces_[at_];
      if (!piece.is_action) {
        if (!piece.text.empty()) nodes.push_back({Node::Kind::Text, piece.text, {}, {}, {}, 0});
        continue;
      }
      Action action = here();
      if (action.at_word("end") || action.at_word("else")) return nodes;
      if (action.at_word("define")) {
        define(action, depth);
      } else {
        nodes.push_back(node(action, depth));
      }
    }
    return nodes;
  }

  // NOLINTNEXTLINE(misc-no-recursion)
  Node node(Action& action, int depth) {
    constexpr std::pair<std::string_view, Node::Kind> kBlocks[] = {
        {"if", Node::Kind::If}, {"range", Node::Kind::Range}, {"with", Node::Kind::With}};
    for (const auto& [word, kind] : kBlocks) {
      if (action.at_word(word)) return block(action, kind, depth);
    }
    if (action.at_word("template") || action.at_word("block")) return use(action, depth);
    Node node;
    node.at = pieces_[at_].at;
    if (action.at_word("break") || action.at_word("continue")) {
      const bool breaks = action.at_word("break");
      const std::string_view word = breaks ? "break" : "continue";
      node.kind = breaks ? Node::Kind::Break : Node::Kind::Continue;
      if (ranges_ == 0) action.fail(fmt::format("{{{{{}}}}} outside {{{{range}}}}", word));
      action.skip();
      action.expect_end(word);
    } else {
      node.kind = Node::Kind::Action;
      node.pipeline = action.pipeline("command");
    }
    return node;
  }

  // From "if" to its "end", which is where it leaves off.
  // NOLINTNEXTLINE(misc-no-recursion)
  Node block(Action& action, Node::Kind kind, int depth) {
    constexpr std::string_view kWords[] = {"if", "range", "with"};
    const std::string_view word = kWords[static_cast<int>(kind) - static_cast<int>(Node::Kind::If)];
    const std::size_t known = known_.size();
    Node node;
    node.kind = kind;
    node.at = pieces_[at_].at;
    action.skip();
    node.pipeline = action.pipeline(word);
    ++at_;
    ranges_ += kind == Node::Kind::Range ? 1 : 0;
    node.body = list(depth + 1);
    ranges_ -= kind == Node::Kind::Range ? 1 : 0;
    if (closing() == "else") otherwise(node, word, depth);
    expect_end();
    known_.resize(known);
    return node;
  }

  // "{{else}}", "{{else if x}}" and what follows, up to the end that closes all of it.
  // NOLINTNEXTLINE(misc-no-recursion)
  void otherwise(Node& node, std::string_view word, int depth) {
    Action action = here();
    action.skip();
    if (node.kind != Node::Kind::Range && action.at_word(word)) {
      node.otherwise.push_back(block(action, node.kind, depth + 1));
      return;
    }
    action.expect_end("else");
    ++at_;
    node.otherwise = list(depth + 1);
  }

  void expect_end() {
    if (at_ == pieces_.size()) {
      throw base::Error(fmt::format("template: {}: unexpected EOF: an {{{{end}}}} is missing",
                                    place_of(program_.text, program_.text.size())));
    }
    Action action = here();
    if (closing() == "else") action.fail("expected end; found {{else}}");
    action.skip();
    action.expect_end("end");
  }

  // {{define "name"}} up to its end.
  // NOLINTNEXTLINE(misc-no-recursion)
  void define(Action& action, int depth) {
    if (depth > 0) action.fail("unexpected {{define}}");
    action.skip();
    const std::string name = action.name("define clause");
    action.expect_end("define clause");
    keep(action, name, depth);
  }

  // The body of a template of its own, which knows no variables but $.
  // NOLINTNEXTLINE(misc-no-recursion)
  void keep(Action& action, const std::string& name, int depth) {
    std::vector<std::string> outside = std::exchange(known_, {"$"});
    const int ranges = std::exchange(ranges_, 0);
    ++at_;
    std::vector<Node> body = list(depth + 1);
    expect_end();
    known_ = std::move(outside);
    ranges_ = ranges;
    const auto is_blank = [](const Node& node) {
      return node.kind == Node::Kind::Text &&
             node.text.find_first_not_of(" \t\r\n") == std::string::npos;
    };
    const bool is_empty = std::all_of(body.begin(), body.end(), is_blank);
    std::vector<Node>& place = program_.named[name];
    if (!is_empty && !place.empty()) {
      action.fail(fmt::format("multiple definition of template \"{}\"", name));
    }
    if (!is_empty) place = std::move(body);
  }

  // {{template "name" pipeline}}, or {{block "name" pipeline}}, which defines it as well.
  // NOLINTNEXTLINE(misc-no-recursion)
  Node use(Action& action, int depth) {
    const bool is_block = action.at_word("block");
    const std::string_view context = is_block ? "block clause" : "template clause";
    Node node;
    node.kind = Node::Kind::Template;
    node.at = pieces_[at_].at;
    action.skip();
    node.text = action.name(context);
    if (is_block || !action.at_end()) node.pipeline = action.pipeline(context);
    if (is_block) keep(action, node.text, depth);
    return node;
  }

  Program program_;
  std::vector<Piece> pieces_;
  std::vector<std::string> known_ = {"$"};  // variables
  std::size_t at_ = 0;
  int ranges_ = 0;  // around the place
};

}  // namespace

Program parse(std::string_view text) {
  return Parser(text).parse();
}

}  // namespace cli::tree
