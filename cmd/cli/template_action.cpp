#include "cmd/cli/template_action.hpp"

#include "cmd/cli/template_functions.hpp"
#include "pkg/base/error.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace cli::tree {
namespace {

constexpr int kDeepest = 100;  // parentheses inside each other

// A value that can be neither called nor given anything.
bool is_plain(const Operand& operand) {
  const bool is_dot = operand.kind == Operand::Kind::Dot && operand.fields.empty();
  return is_dot || operand.kind == Operand::Kind::Constant || operand.kind == Operand::Kind::Nil;
}

}  // namespace

void Action::fail(const std::string& what) const {
  const std::size_t at = at_end() ? piece_.at : piece_.tokens[at_].at;
  throw base::Error(fmt::format("template: {}: {}", place_of(text_, at), what));
}

bool Action::is_at(Token::Kind kind, std::string_view text) const {
  return !at_end() && piece_.tokens[at_].kind == kind && piece_.tokens[at_].text == text;
}

void Action::expect_end(std::string_view context) const {
  if (!at_end()) fail(fmt::format("unexpected \"{}\" in {}", piece_.tokens[at_].text, context));
}

std::string Action::name(std::string_view context) {
  if (at_end() || !piece_.tokens[at_].constant.is_string()) {
    fail(fmt::format("the name of a template is missing in {}", context));
  }
  return piece_.tokens[at_++].constant.as_string();
}

Pipeline Action::pipeline(std::string_view context) {
  Pipeline whole;
  variables(whole, context);
  whole = commands(std::move(whole), context, 0);
  expect_end(context);
  return whole;
}

// "$i, $x :=" in front of a pipeline, if it is there.
void Action::variables(Pipeline& pipeline, std::string_view context) {
  const std::size_t start = at_;
  const auto at_variable = [&] {
    return !at_end() && piece_.tokens[at_].kind == Token::Kind::Variable;
  };
  while (at_variable()) {
    pipeline.variables.push_back(piece_.tokens[at_++].text);
    if (!at_sign(",")) break;
    skip();
    if (context != "range" || pipeline.variables.size() > 1) {
      fail(fmt::format("too many declarations in {}", context));
    }
    if (!at_variable()) fail("range can only initialize variables");
  }
  pipeline.declares = at_sign(":=");
  if (!pipeline.variables.empty() && (pipeline.declares || at_sign("="))) {
    skip();
    for (const std::string& name : pipeline.variables) {
      if (pipeline.declares) {
        known_.push_back(name);
      } else if (std::find(known_.begin(), known_.end(), name) == known_.end()) {
        fail(fmt::format("undefined variable \"{}\"", name));
      }
    }
    return;
  }
  pipeline.variables.clear();
  at_ = start;
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the parentheses, which are counted.
Pipeline Action::commands(Pipeline pipeline, std::string_view context, int depth) {
  if (depth > kDeepest) fail("too many parentheses inside each other");
  while (true) {
    pipeline.commands.push_back(command(context, depth));
    const std::size_t count = pipeline.commands.size();
    if (count > 1 && is_plain(pipeline.commands.back().operands.front())) {
      fail(fmt::format("non executable command in pipeline stage {}", count));
    }
    if (!at_sign("|")) return pipeline;
    skip();
  }
}

// NOLINTNEXTLINE(misc-no-recursion)
Command Action::command(std::string_view context, int depth) {
  Command command;
  while (!at_end() && !at_sign("|") && !at_sign(")")) {
    const Token& token = piece_.tokens[at_];
    if (!command.operands.empty() && !token.is_spaced) {
      fail(fmt::format("unexpected \"{}\" in operand", token.text));
    }
    command.operands.push_back(operand(context, depth));
  }
  if (command.operands.empty()) fail(fmt::format("missing value for {}", context));
  return command;
}

// NOLINTNEXTLINE(misc-no-recursion)
Operand Action::operand(std::string_view context, int depth) {
  const std::size_t start = piece_.tokens[at_].at;
  Operand operand = primary(context, depth);
  while (!at_end() && piece_.tokens[at_].kind == Token::Kind::Field &&
         !piece_.tokens[at_].is_spaced) {
    if (is_plain(operand)) {
      const std::size_t end = piece_.tokens[at_ - 1].end;
      fail(fmt::format("unexpected . after term \"{}\"", text_.substr(start, end - start)));
    }
    operand.fields.push_back(piece_.tokens[at_++].text);
  }
  operand.at = start;
  operand.end = piece_.tokens[at_ - 1].end;
  return operand;
}

// NOLINTNEXTLINE(misc-no-recursion)
Operand Action::primary(std::string_view context, int depth) {
  const Token& token = piece_.tokens[at_];
  Operand operand;
  if (token.kind == Token::Kind::Sign) {
    if (token.text != "(") fail(fmt::format("unexpected \"{}\" in {}", token.text, context));
    skip();
    operand.kind = Operand::Kind::Parenthesis;
    operand.inside.push_back(commands({}, "parenthesized pipeline", depth + 1));
    if (!at_sign(")")) fail("unclosed left paren");
  } else {
    operand = named(std::move(operand), token);
  }
  skip();
  return operand;
}

Operand Action::named(Operand operand, const Token& token) const {
  using Kind = Token::Kind;
  if (token.kind == Kind::Field) operand.fields.push_back(token.text);
  if (token.kind == Kind::Nil) operand.kind = Operand::Kind::Nil;
  if (token.kind == Kind::Constant) {
    operand.kind = Operand::Kind::Constant;
    operand.constant = token.constant;
  }
  if (token.kind == Kind::Variable || token.kind == Kind::Word) operand.name = token.text;
  if (token.kind == Kind::Variable) {
    operand.kind = Operand::Kind::Variable;
    if (std::find(known_.begin(), known_.end(), token.text) == known_.end()) {
      fail(fmt::format("undefined variable \"{}\"", token.text));
    }
  }
  if (token.kind == Kind::Word) {
    operand.kind = Operand::Kind::Function;
    if (!is_function(token.text)) fail(fmt::format("function \"{}\" not defined", token.text));
  }
  return operand;
}

}  // namespace cli::tree
