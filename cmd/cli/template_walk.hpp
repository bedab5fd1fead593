#pragma once

#include "cmd/cli/template_tree.hpp"
#include "cmd/cli/template_value.hpp"

#include <cstddef>
#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace cli {

// Walks a template's nodes over data. However it is written, it ends: blocks and templates inside
// each other, steps, and what it makes are bounded.
class Walk {
 public:
  Walk(const tree::Program& program, const base::Json& data)
      : program_(program), dot_(data), variables_{{"$", dot_}} {}

  std::string text();

 private:
  enum class Flow { Next, Break, Continue };

  Flow walk(const std::vector<tree::Node>& nodes);
  Flow step(const tree::Node& node);
  Flow branch(const tree::Node& node);
  void use(const tree::Node& node);
  void range(const tree::Node& node);
  std::vector<std::pair<base::Json, Value>> items_at(const tree::Node& node, Value all) const;
  void count_to(const tree::Node& node, Value last);
  Flow walk_item(const tree::Node& node, Value key, Value value);

  // See template_evaluate.cpp.
  Value evaluate(const tree::Pipeline& pipeline);
  Value run(const tree::Command& command, const Value* piped);
  Value run_function(const tree::Operand& function, const std::vector<Value>& arguments);
  Value run_choice(const tree::Command& command, const Value* piped);
  Value evaluate(const tree::Operand& operand);
  Value fields(Value value, const tree::Operand& operand);
  Value time_field(Value time, const std::string& name);
  Value call_method(Value method, Value argument, const tree::Operand& operand);

  Value& variable(const std::string& name);
  Value own(base::Json value);
  void write(const std::string& text);
  void count_step();
  [[noreturn]] void fail(const tree::Operand& operand, const std::string& what) const;

  const tree::Program& program_;
  Value dot_;
  std::vector<std::pair<std::string, Value>> variables_;
  std::deque<base::Json> owned_;  // results of functions, alive to the end
  std::string out_;
  std::size_t made_ = 0;  // bytes in out_ and owned_
  std::size_t steps_ = 0;
  int depth_ = 0;
};

}  // namespace cli
