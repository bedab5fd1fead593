#pragma once

#include "pkg/base/json.hpp"

#include <string>
#include <string_view>
#include <vector>

// What a template's text means, before there is data: made by template_parse.cpp, walked by
// template.cpp. The words are those of Go's text/template.
namespace cli::tree {

struct Pipeline;

struct Operand {
  enum class Kind { Dot, Variable, Function, Constant, Parenthesis };
  Kind kind = Kind::Dot;
  std::string name;                 // of the variable ("$x") or function
  base::Json constant;              //
  std::vector<Pipeline> inside;     // of the parentheses: one
  std::vector<std::string> fields;  // taken of it, one of the other: .A.B
};

// One step of a pipeline: a function or method and its arguments, or a single value.
struct Command {
  std::vector<Operand> operands;
};

struct Pipeline {
  std::vector<std::string> variables;  // that get its value: "$i", "$x"
  bool declares = false;               // := rather than =
  std::vector<Command> commands;
};

struct Node {
  enum class Kind { Text, Action, If, Range, With, Break, Continue };
  Kind kind = Kind::Text;
  std::string text;
  Pipeline pipeline;
  std::vector<Node> body;
  std::vector<Node> otherwise;
};

// Throws base::Error.
std::vector<Node> parse(std::string_view text);

}  // namespace cli::tree
