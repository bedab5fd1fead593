#pragma once

#include "pkg/base/json.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

// What a template's text means, before there is data: made by template_parse.cpp, walked by
// template_walk.cpp. The words are those of Go's text/template.
namespace cli::tree {

struct Pipeline;

struct Operand {
  enum class Kind { Dot, Variable, Function, Constant, Nil, Parenthesis };
  Kind kind = Kind::Dot;
  std::string name;                 // of the variable ("$x") or function
  base::Json constant;              //
  std::vector<Pipeline> inside;     // of the parentheses: one
  std::vector<std::string> fields;  // taken of it, one of the other: .A.B
  std::size_t at = 0;               // where in the template it begins
  std::size_t end = 0;              // and where it ends
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
  enum class Kind { Text, Action, If, Range, With, Template, Break, Continue };
  Kind kind = Kind::Text;
  std::string text;  // or the name of the template
  Pipeline pipeline;
  std::vector<Node> body;
  std::vector<Node> otherwise;
  std::size_t at = 0;
};

struct Program {
  std::string text;
  std::vector<Node> nodes;
  std::map<std::string, std::vector<Node>> named;  // by {{define "name"}}
};

// Throws base::Error that says where the text cannot be understood.
Program parse(std::string_view text);

}  // namespace cli::tree
