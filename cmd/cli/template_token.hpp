#pragma once

#include "pkg/base/json.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cli::tree {

// A word between {{ and }}.
struct Token {
  enum class Kind { Field, Dot, Variable, Word, Constant, Nil, Sign };
  Kind kind = Kind::Sign;
  std::string text;        // "Names" of a field, "$x", "if", "|" "(" ")" ":=" "=" ","; as written
  base::Json constant;     // of a string, character or number
  std::size_t at = 0;      // where in the template it begins
  std::size_t end = 0;     // and where it ends
  bool is_spaced = false;  // stands apart from the word before it
};

// A stretch of a template: text as it stands, or the words of one action.
struct Piece {
  bool is_action = false;
  std::string text;
  std::vector<Token> tokens;
  std::size_t at = 0;
};

// Takes a template apart. In text, \t and \n typed as two characters are a tab and a line end;
// "{{- " and " -}}" have taken the blank around them away. Comments are left out.
std::vector<Piece> split_template(std::string_view text);

// "3:14", the line and column of a place in a template, as Go counts them.
std::string place_of(std::string_view text, std::size_t at);

}  // namespace cli::tree
