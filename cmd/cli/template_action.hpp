#pragma once

#include "cmd/cli/template_token.hpp"
#include "cmd/cli/template_tree.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cli::tree {

// One action's words, read from the left. `known` are the variables that there are here; those that
// the action declares are added.
class Action {
 public:
  Action(std::string_view text, const Piece& piece, std::vector<std::string>& known)
      : text_(text), piece_(piece), known_(known) {}

  bool at_end() const { return at_ == piece_.tokens.size(); }
  bool at_word(std::string_view text) const { return is_at(Token::Kind::Word, text); }
  void skip() { ++at_; }

  // The value of a pipeline, up to the end of the action. `context` says whose in errors: "if".
  Pipeline pipeline(std::string_view context);

  // The quoted name of a template.
  std::string name(std::string_view context);

  void expect_end(std::string_view context) const;

  // Throws base::Error that names the place.
  [[noreturn]] void fail(const std::string& what) const;

 private:
  bool is_at(Token::Kind kind, std::string_view text) const;
  bool at_sign(std::string_view text) const { return is_at(Token::Kind::Sign, text); }
  void variables(Pipeline& pipeline, std::string_view context);
  Pipeline commands(Pipeline pipeline, std::string_view context, int depth);
  Command command(std::string_view context, int depth);
  Operand operand(std::string_view context, int depth);
  Operand primary(std::string_view context, int depth);
  Operand named(Operand operand, const Token& token) const;

  std::string_view text_;
  const Piece& piece_;
  std::vector<std::string>& known_;
  std::size_t at_ = 0;
};

}  // namespace cli::tree
