#include "cmd/cli/template_functions.hpp"
#include "cmd/cli/template_token.hpp"
#include "cmd/cli/template_tree.hpp"
#include "pkg/base/error.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace cli::tree {
namespace {

constexpr int kDeepest = 50;  // of blocks and parentheses inside each other

[[noreturn]] void fail(std::string_view what) {
  throw base::Error(fmt::format("template: {}", what));
}

// One action's words, read from the left.
class Action {
 public:
  explicit Action(const std::vector<Token>& tokens) : tokens_(tokens) {}

  bool at_end() const { return at_ == tokens_.size(); }
  bool at_sign(std::string_view text) const { return at(Token::Kind::Sign, text); }
  bool at_word(std::string_view text) const { return at(Token::Kind::Word, text); }
  void skip() { ++at_; }

  void expect_end() const {
    if (!at_end()) fail(fmt::format("unexpected {}", tokens_[at_].text));
  }

  Pipeline pipeline(int depth = 0) {
    if (depth > kDeepest) fail("too many parentheses inside each other");
    Pipeline pipeline;
    variables(pipeline);
    pipeline.commands.push_back(command(depth));
    while (at_sign("|")) {
      skip();
      pipeline.commands.push_back(command(depth));
    }
    return pipeline;
  }

 private:
  bool at(Token::Kind kind, std::string_view text) const {
    return !at_end() && tokens_[at_].kind == kind && tokens_[at_].text == text;
  }

  // "$i, $x :=" in front of a pipeline, if it is there.
  void variables(Pipeline& pipeline) {
    const std::size_t start = at_;
    while (!at_end() && tokens_[at_].kind == Token::Kind::Variable) {
      pipeline.variables.push_back(tokens_[at_].text);
      skip();
      if (!at_sign(",")) break;
      skip();
    }
    pipeline.declares = at_sign(":=");
    if (!pipeline.variables.empty() && (at_sign(":=") || at_sign("="))) {
      skip();
      return;
    }
    pipeline.variables.clear();
    at_ = start;
  }

  Command command(int depth) {
    Command command;
    while (!at_end() && !at_sign("|") && !at_sign(")"))
      command.operands.push_back(operand(depth));
    if (command.operands.empty()) fail("a value is missing");
    const Operand& first = command.operands.front();
    const bool takes_arguments = first.kind == Operand::Kind::Function || !first.fields.empty();
    if (command.operands.size() > 1 && !takes_arguments) fail("a value cannot have arguments");
    return command;
  }

  Operand operand(int depth) {
    Operand operand = primary(depth);
    while (!at_end() && tokens_[at_].kind == Token::Kind::Field && !tokens_[at_].is_spaced) {
      operand.fields.push_back(tokens_[at_].text);
      skip();
    }
    return operand;
  }

  Operand primary(int depth) {
    const Token& token = tokens_[at_];
    skip();
    Operand operand;
    if (token.kind == Token::Kind::Field) operand.fields.push_back(token.text);
    if (token.kind == Token::Kind::Field || token.kind == Token::Kind::Dot) return operand;
    if (token.kind == Token::Kind::Variable) {
      operand.kind = Operand::Kind::Variable;
      operand.name = token.text;
    } else if (token.kind == Token::Kind::Constant) {
      operand.kind = Operand::Kind::Constant;
      operand.constant = token.constant;
    } else if (token.kind == Token::Kind::Word) {
      if (!is_function(token.text)) fail(fmt::format("{}: unknown function", token.text));
      operand.kind = Operand::Kind::Function;
      operand.name = token.text;
    } else {
      if (token.text != "(") fail(fmt::format("unexpected {}", token.text));
      operand.kind = Operand::Kind::Parenthesis;
      operand.inside.push_back(pipeline(depth + 1));
      if (!at_sign(")")) fail("( is not closed");
      skip();
    }
    return operand;
  }

  const std::vector<Token>& tokens_;
  std::size_t at_ = 0;
};

class Parser {
 public:
  explicit Parser(std::vector<Piece> pieces) : pieces_(std::move(pieces)) {}

  std::vector<Node> parse() {
    std::vector<Node> nodes = list(0);
    if (at_ < pieces_.size()) fail("an end or else without its beginning");
    return nodes;
  }

 private:
  // Nodes up to the end, or to an action that closes the block.
  std::vector<Node> list(int depth) {
    if (depth > kDeepest) fail("too many blocks inside each other");
    std::vector<Node> nodes;
    for (; at_ < pieces_.size(); ++at_) {
      const Piece& piece = pieces_[at_];
      if (!piece.is_action) {
        if (!piece.text.empty()) nodes.push_back({Node::Kind::Text, piece.text, {}, {}, {}});
        continue;
      }
      Action action(piece.tokens);
      if (action.at_word("end") || action.at_word("else")) return nodes;
      nodes.push_back(node(action, depth));
    }
    return nodes;
  }

  Node node(Action& action, int depth) {
    constexpr std::pair<std::string_view, Node::Kind> kBlocks[] = {
        {"if", Node::Kind::If}, {"range", Node::Kind::Range}, {"with", Node::Kind::With}};
    for (const auto& [word, kind] : kBlocks) {
      if (action.at_word(word)) return block(action, kind, depth);
    }
    Node node;
    if (action.at_word("break") || action.at_word("continue")) {
      node.kind = action.at_word("break") ? Node::Kind::Break : Node::Kind::Continue;
      action.skip();
    } else {
      node.kind = Node::Kind::Action;
      node.pipeline = action.pipeline();
    }
    action.expect_end();
    return node;
  }

  // From "if" to its "end", which is where it leaves off.
  Node block(Action& action, Node::Kind kind, int depth) {
    action.skip();
    Node node;
    node.kind = kind;
    node.pipeline = action.pipeline();
    action.expect_end();
    ++at_;
    node.body = list(depth + 1);
    if (at_ == pieces_.size()) fail("a block has no end");
    Action closing(pieces_[at_].tokens);
    const bool has_else = closing.at_word("else");
    closing.skip();
    if (has_else && closing.at_word("if")) {
      node.otherwise.push_back(block(closing, Node::Kind::If, depth + 1));
    } else if (has_else) {
      closing.expect_end();
      ++at_;
      node.otherwise = list(depth + 1);
      if (at_ == pieces_.size() || !Action(pieces_[at_].tokens).at_word("end")) {
        fail("a block has no end");
      }
    } else {
      closing.expect_end();
    }
    return node;
  }

  std::vector<Piece> pieces_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<Node> parse(std::string_view text) {
  return Parser(split_template(text)).parse();
}

}  // namespace cli::tree
