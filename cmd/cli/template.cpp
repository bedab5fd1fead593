#include "cmd/cli/template.hpp"

#include "cmd/cli/template_walk.hpp"

#include <algorithm>

namespace cli {
namespace {

using tree::Node;
using tree::Operand;

// NOLINTNEXTLINE(misc-no-recursion): as deep as the parentheses.
void collect(const tree::Pipeline& pipeline, std::vector<std::string>& names) {
  for (const tree::Command& command : pipeline.commands) {
    for (const Operand& operand : command.operands) {
      const bool is_root = operand.kind == Operand::Kind::Dot ||
                           (operand.kind == Operand::Kind::Variable && operand.name == "$");
      if (is_root && !operand.fields.empty()) names.push_back(operand.fields.front());
      for (const tree::Pipeline& inside : operand.inside)
        collect(inside, names);
    }
  }
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the blocks.
void collect(const std::vector<Node>& nodes, std::vector<std::string>& names) {
  for (const Node& node : nodes) {
    collect(node.pipeline, names);
    const bool moves_dot = node.kind == Node::Kind::Range || node.kind == Node::Kind::With;
    if (!moves_dot) collect(node.body, names);
    collect(node.otherwise, names);
  }
}

}  // namespace

Template Template::parse(std::string_view text) {
  return Template(tree::parse(text));
}

std::string Template::render(const base::Json& data) const {
  return Walk(program_, data).text();
}

std::vector<std::string> Template::fields() const {
  std::vector<std::string> names;
  collect(program_.nodes, names);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace cli
