#include "cmd/cli/template.hpp"

#include "cmd/cli/template_functions.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <deque>
#include <utility>

namespace cli {
namespace {

using base::Json;
using tree::Node;
using tree::Operand;

// In Go these are maps: a key that is not there is no error.
constexpr std::array<std::string_view, 10> kMaps = {
    "Labels", "Annotations", "Networks", "Ports",        "Options",
    "Sysctl", "Volumes",     "Storage",  "ExposedPorts", "Registries"};

std::string names_of(const Json& object) {
  std::vector<std::string> names;
  for (const auto& [name, member] : object.as_object()) {
    const bool is_method = name.ends_with("()");
    names.push_back(is_method ? name.substr(0, name.size() - 2) : name);
  }
  return base::join(names, ", ");
}

// A member by its method's name, its own, or its own in other letters: the peers' JSON says "id"
// and "Id" where their Go fields, which templates name, are "ID".
Value find_field(const Json& object, const std::string& name) {
  if (const Value method = object.find(name + "()")) return method;
  if (const Value member = object.find(name)) return member;
  const std::string wanted = base::lower(name);
  for (const auto& [key, member] : object.as_object()) {
    if (base::lower(key) == wanted) return &member;
  }
  return nullptr;
}

// Walks a template's nodes over data.
class Walk {
 public:
  explicit Walk(const Json& data) : dot_(&data) { variables_.emplace_back("$", &data); }

  enum class Flow { Next, Break, Continue };

  // NOLINTNEXTLINE(misc-no-recursion): as deep as the template.
  Flow walk(const std::vector<Node>& nodes) {
    const std::size_t known = variables_.size();
    Flow flow = Flow::Next;
    for (const Node& node : nodes) {
      flow = step(node);
      if (flow != Flow::Next) break;
    }
    variables_.resize(known);
    return flow;
  }

  std::string take() { return std::move(out_); }

 private:
  Flow step(const Node& node) {
    switch (node.kind) {
      case Node::Kind::Text:
        out_ += node.text;
        return Flow::Next;
      case Node::Kind::Action: {
        const Value value = evaluate(node.pipeline);
        if (node.pipeline.variables.empty()) out_ += print_text(value);
        return Flow::Next;
      }
      case Node::Kind::Range:
        return walk_range(node);
      case Node::Kind::Break:
        return Flow::Break;
      case Node::Kind::Continue:
        return Flow::Continue;
      default:
        return walk_branch(node);
    }
  }

  Flow walk_branch(const Node& node) {
    const std::size_t known = variables_.size();
    const Value value = evaluate(node.pipeline);
    const bool holds = is_true(value);
    const Value outer = dot_;
    if (holds && node.kind == Node::Kind::With) dot_ = value;
    const Flow flow = walk(holds ? node.body : node.otherwise);
    dot_ = outer;
    variables_.resize(known);
    return flow;
  }

  Flow walk_range(const Node& node) {
    tree::Pipeline pipeline = node.pipeline;
    const std::vector<std::string> names = std::exchange(pipeline.variables, {});
    const Value all = evaluate(pipeline);
    std::vector<std::pair<Json, Value>> items;
    if (all != nullptr && all->is_array()) {
      for (const Json& element : all->as_array())
        items.emplace_back(static_cast<std::int64_t>(items.size()), &element);
    } else if (all != nullptr && all->is_object()) {
      for (const auto& [key, member] : all->as_object()) {
        if (!key.ends_with("()")) items.emplace_back(key, &member);
      }
      std::sort(items.begin(), items.end(), [](const auto& a, const auto& b) {
        return a.first.as_string() < b.first.as_string();
      });
    } else if (all != nullptr && !all->is_null()) {
      throw base::Error(fmt::format("template: range over {}", print_text(all)));
    }
    if (items.empty()) return walk(node.otherwise);
    walk_items(node, names, items);
    return Flow::Next;
  }

  void walk_items(const Node& node, const std::vector<std::string>& names,
                  const std::vector<std::pair<Json, Value>>& items) {
    const std::size_t known = variables_.size();
    const Value outer = dot_;
    for (const auto& [key, value] : items) {
      dot_ = value;
      if (!names.empty()) variables_.emplace_back(names.back(), value);
      if (names.size() > 1) variables_.emplace_back(names.front(), &key);
      const Flow flow = walk(node.body);
      variables_.resize(known);
      if (flow == Flow::Break) break;
    }
    dot_ = outer;
  }

  // NOLINTNEXTLINE(misc-no-recursion): as deep as the template's parentheses.
  Value evaluate(const tree::Pipeline& pipeline) {
    Value value = nullptr;
    bool is_first = true;
    for (const tree::Command& command : pipeline.commands) {
      value = run(command, is_first ? nullptr : &value);
      is_first = false;
    }
    for (const std::string& name : pipeline.variables) {
      if (pipeline.declares) {
        variables_.emplace_back(name, value);
      } else {
        variable(name) = value;
      }
    }
    return value;
  }

  // `piped`: where the value of the command before it is, to be the last argument.
  Value run(const tree::Command& command, const Value* piped) {
    const Operand& first = command.operands.front();
    std::vector<const Operand*> rest;
    for (std::size_t i = 1; i < command.operands.size(); ++i)
      rest.push_back(&command.operands[i]);
    if (first.kind == Operand::Kind::Function) return run_function(first, rest, piped);

    Value value = evaluate(first);
    if (piped != nullptr && first.fields.empty()) {
      throw base::Error("template: a value cannot take what is piped into it");
    }
    for (const Operand* argument : rest)
      value = call_method(value, evaluate(*argument));
    if (piped != nullptr) value = call_method(value, *piped);
    return value;
  }

  Value run_function(const Operand& function, const std::vector<const Operand*>& rest,
                     const Value* piped) {
    if (function.name == "and" || function.name == "or") {
      const bool stops_at = function.name == "or";
      Value value = nullptr;
      for (const Operand* argument : rest) {
        value = evaluate(*argument);
        if (is_true(value) == stops_at) return value;
      }
      return piped != nullptr ? *piped : value;
    }
    std::vector<Value> arguments;
    arguments.reserve(rest.size() + 1);
    for (const Operand* argument : rest)
      arguments.push_back(evaluate(*argument));
    if (piped != nullptr) arguments.push_back(*piped);
    if (function.name != "index") return fields(own(call(function.name, arguments)), function);
    if (arguments.empty()) throw base::Error("template: index of nothing");
    Value value = arguments.front();
    for (std::size_t i = 1; i < arguments.size(); ++i)
      value = index_of(value, arguments[i]);
    return value;
  }

  // NOLINTNEXTLINE(misc-no-recursion)
  Value evaluate(const Operand& operand) {
    switch (operand.kind) {
      case Operand::Kind::Variable:
        return fields(variable(operand.name), operand);
      case Operand::Kind::Constant:
        return &operand.constant;
      case Operand::Kind::Parenthesis:
        return fields(evaluate(operand.inside.front()), operand);
      case Operand::Kind::Function:
        return run_function(operand, {}, nullptr);
      default:
        return fields(dot_, operand);
    }
  }

  static Value fields(Value value, const Operand& operand) {
    bool is_map = false;
    for (const std::string& name : operand.fields) {
      // What is absent has absent members: `.State.Health.Status` of a container without checks.
      static const Json kNothing("");
      if (value == nullptr || value->is_null()) return &kNothing;
      if (!value->is_object()) {
        throw base::Error(fmt::format("template: .{}: {} has no fields", name, print_text(value)));
      }
      const Value found = find_field(*value, name);
      if (found == nullptr && !is_map) {
        throw base::Error(
            fmt::format("template: .{}: no such field; there are {}", name, names_of(*value)));
      }
      is_map = std::find(kMaps.begin(), kMaps.end(), name) != kMaps.end();
      value = found;
    }
    return value;
  }

  // `.Label "k"`: the member's value under the key, an empty text when there is none.
  Value call_method(Value method, Value argument) {
    if (method == nullptr || !method->is_object()) return method;
    const bool is_key = argument != nullptr && argument->is_string();
    const Value found = is_key ? method->find(argument->as_string()) : nullptr;
    return found == nullptr ? own(Json("")) : found;
  }

  Value& variable(const std::string& name) {
    for (auto at = variables_.rbegin(); at != variables_.rend(); ++at) {
      if (at->first == name) return at->second;
    }
    throw base::Error(fmt::format("template: {}: unknown variable", name));
  }

  Value own(Json value) { return &owned_.emplace_back(std::move(value)); }

  Value dot_;
  std::vector<std::pair<std::string, Value>> variables_;
  std::deque<Json> owned_;  // results of functions, alive to the end
  std::string out_;
};

// NOLINTNEXTLINE(misc-no-recursion)
void collect(const tree::Pipeline& pipeline, std::vector<std::string>& names) {
  for (const tree::Command& command : pipeline.commands) {
    for (const Operand& operand : command.operands) {
      if (operand.kind == Operand::Kind::Dot && !operand.fields.empty()) {
        names.push_back(operand.fields.front());
      }
      for (const tree::Pipeline& inside : operand.inside)
        collect(inside, names);
    }
  }
}

// NOLINTNEXTLINE(misc-no-recursion)
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
  Walk walk(data);
  walk.walk(nodes_);
  return walk.take();
}

std::vector<std::string> Template::fields() const {
  std::vector<std::string> names;
  collect(nodes_, names);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the data.
base::Json without_methods(const base::Json& value) {
  if (value.is_array()) {
    Json::Array elements;
    for (const Json& element : value.as_array())
      elements.push_back(without_methods(element));
    return elements;
  }
  if (!value.is_object()) return value;
  Json::Object members;
  for (const auto& [name, member] : value.as_object()) {
    if (!name.ends_with("()")) members.emplace_back(name, without_methods(member));
  }
  return members;
}

}  // namespace cli
