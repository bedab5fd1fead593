#include "cmd/cli/template_functions.hpp"
#include "cmd/cli/template_time.hpp"
#include "cmd/cli/template_token.hpp"
#include "cmd/cli/template_walk.hpp"
#include "pkg/base/error.hpp"

#include <fmt/core.h>

#include <optional>
#include <utility>

namespace cli {

using base::Json;
using tree::Operand;

void Walk::fail(const Operand& operand, const std::string& what) const {
  const std::string_view text = program_.text;
  throw base::Error(fmt::format("template: {}: at <{}>: {}", tree::place_of(text, operand.at),
                                text.substr(operand.at, operand.end - operand.at), what));
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the template's parentheses, which are counted.
Value Walk::evaluate(const tree::Pipeline& pipeline) {
  Value value;
  for (const tree::Command& command : pipeline.commands)
    value = run(command, &command == pipeline.commands.data() ? nullptr : &value);
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
// NOLINTNEXTLINE(misc-no-recursion)
Value Walk::run(const tree::Command& command, const Value* piped) {
  count_step();
  const Operand& first = command.operands.front();
  const bool is_function = first.kind == Operand::Kind::Function && first.fields.empty();
  if (is_function && (first.name == "and" || first.name == "or")) return run_choice(command, piped);
  if (first.kind == Operand::Kind::Nil) fail(first, "nil is not a command");

  const bool has_arguments = command.operands.size() > 1 || piped != nullptr;
  if (has_arguments && !is_function && first.fields.empty()) {
    fail(first, "can't give argument to non-function");
  }
  Value method;
  if (!is_function) method = evaluate(first);
  std::vector<Value> arguments;
  for (std::size_t i = 1; i < command.operands.size(); ++i)
    arguments.push_back(evaluate(command.operands[i]));
  if (piped != nullptr) arguments.push_back(*piped);
  if (is_function) return run_function(first, arguments);
  for (const Value argument : arguments)
    method = call_method(method, argument, first);
  return method;
}

// `and` and `or`: up to the argument that decides.
// NOLINTNEXTLINE(misc-no-recursion)
Value Walk::run_choice(const tree::Command& command, const Value* piped) {
  const Operand& first = command.operands.front();
  const bool stops_at = first.name == "or";
  Value value;
  for (std::size_t i = 1; i < command.operands.size(); ++i) {
    value = evaluate(command.operands[i]);
    if (is_true(value) == stops_at) return value;
  }
  if (piped != nullptr) return *piped;
  if (command.operands.size() == 1) {
    fail(first, fmt::format("wrong number of args for {}: want at least 1 got 0", first.name));
  }
  return value;
}

Value Walk::run_function(const Operand& function, const std::vector<Value>& arguments) {
  try {
    if (function.name != "index") return own(call(function.name, arguments));
    check_count(function.name, arguments.size());
    Value value = arguments.front();
    for (std::size_t i = 1; i < arguments.size(); ++i) {
      if (!value.is_string()) {
        value = index_of(value, arguments[i]);
        continue;
      }
      const std::string& text = text_of(value);  // Go gives the byte
      const std::int64_t at = integer_of(arguments[i]);
      const bool is_inside = at >= 0 && at < static_cast<std::int64_t>(text.size());
      if (!is_inside) throw base::Error(fmt::format("index out of range: {}", at));
      value = own(
          Json(static_cast<int>(static_cast<unsigned char>(text[static_cast<std::size_t>(at)]))));
    }
    if (!value.exists() && arguments.size() == 1) throw base::Error("index of untyped nil");
    return value;
  } catch (const base::Error& error) {
    const std::string_view what = error.what();
    if (what.starts_with("template: ")) throw;
    const bool is_index = function.name == "index" && !what.starts_with("wrong number");
    fail(function, (is_index ? "error calling index: " : "") + std::string(what));
  }
}

// NOLINTNEXTLINE(misc-no-recursion)
Value Walk::evaluate(const Operand& operand) {
  switch (operand.kind) {
    case Operand::Kind::Variable:
      return fields(variable(operand.name), operand);
    case Operand::Kind::Constant:
      return Value(operand.constant);
    case Operand::Kind::Nil:
      return {};
    case Operand::Kind::Parenthesis:
      return fields(evaluate(operand.inside.front()), operand);
    case Operand::Kind::Function: {
      if (operand.name != "and" && operand.name != "or") {
        return fields(run_function(operand, {}), operand);
      }
      fail(operand,
           fmt::format("wrong number of args for {}: want at least 1 got 0", operand.name));
    }
    default:
      return fields(dot_, operand);
  }
}

Value Walk::fields(Value value, const Operand& operand) {
  try {
    for (const std::string& name : operand.fields)
      value = is_time(value) ? time_field(value, name) : field_of(value, name);
    return value;
  } catch (const base::Error& error) {
    fail(operand, error.what());
  }
}

// `.Created.Unix`; `.Created.Format` is the time again, for call_method.
Value Walk::time_field(Value time, const std::string& name) {
  if (name == "Format") return Value(time.json(), "Format()");
  std::optional<Json> field = find_time_field(time.json().as_string(), name);
  if (!field) throw base::Error(fmt::format("can't evaluate field {} in type time.Time", name));
  return Value(own(std::move(*field)).json(), name == "UTC" || name == "Local" ? "Time" : "");
}

// `.Label "k"`: the member's value under the key, an empty text when there is none.
Value Walk::call_method(Value method, Value argument, const Operand& operand) {
  if (method.name() == "Format()" && argument.is_string()) {
    return own(format_time(method.json().as_string(), argument.json().as_string()));
  }
  if (!method.is_object() && is_method(method.name())) return method;  // a heading
  if (!method.is_object()) {
    fail(operand,
         fmt::format("{} has arguments but cannot be invoked as function", operand.fields.back()));
  }
  const Json* const found =
      argument.is_string() ? method.json().find(argument.json().as_string()) : nullptr;
  return found == nullptr ? own(Json("")) : Value(*found);
}

}  // namespace cli
