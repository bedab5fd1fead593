#include "cmd/cli/template_walk.hpp"

#include "cmd/cli/template_print.hpp"
#include "cmd/cli/template_token.hpp"
#include "pkg/base/error.hpp"

#include <fmt/core.h>

#include <utility>

namespace cli {
namespace {

using base::Json;
using tree::Node;

constexpr int kDeepest = 1000;
constexpr std::size_t kMostSteps = 1'000'000;
constexpr std::size_t kMostBytes = std::size_t{64} << 20U;

// About how much memory a value takes.
// NOLINTNEXTLINE(misc-no-recursion): as deep as the data.
std::size_t weight_of(const Json& value) {
  std::size_t weight = sizeof(Json);
  if (value.is_string()) weight += value.as_string().size();
  if (value.is_array()) {
    for (const Json& element : value.as_array())
      weight += weight_of(element);
  }
  if (value.is_object()) {
    for (const auto& [key, member] : value.as_object())
      weight += key.size() + weight_of(member);
  }
  return weight;
}

}  // namespace

std::string Walk::text() {
  walk(program_.nodes);
  return std::move(out_);
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the template, which is counted.
Walk::Flow Walk::walk(const std::vector<Node>& nodes) {
  if (++depth_ > kDeepest) {
    throw base::Error(fmt::format("template: exceeded maximum depth ({})", kDeepest));
  }
  const std::size_t known = variables_.size();
  Flow flow = Flow::Next;
  for (const Node& node : nodes) {
    flow = step(node);
    if (flow != Flow::Next) break;
  }
  variables_.resize(known);
  --depth_;
  return flow;
}

// NOLINTNEXTLINE(misc-no-recursion)
Walk::Flow Walk::step(const Node& node) {
  count_step();
  switch (node.kind) {
    case Node::Kind::Text:
      write(node.text);
      return Flow::Next;
    case Node::Kind::Action: {
      const Value value = evaluate(node.pipeline);
      if (node.pipeline.variables.empty()) write(print_text(value));
      return Flow::Next;
    }
    case Node::Kind::Range:
      range(node);
      return Flow::Next;
    case Node::Kind::Template:
      use(node);
      return Flow::Next;
    case Node::Kind::Break:
      return Flow::Break;
    case Node::Kind::Continue:
      return Flow::Continue;
    default:
      return branch(node);
  }
}

// NOLINTNEXTLINE(misc-no-recursion)
Walk::Flow Walk::branch(const Node& node) {
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

// NOLINTNEXTLINE(misc-no-recursion)
void Walk::use(const Node& node) {
  const auto found = program_.named.find(node.text);
  if (found == program_.named.end()) {
    throw base::Error(fmt::format("template: {}: template \"{}\" not defined",
                                  tree::place_of(program_.text, node.at), node.text));
  }
  const Value given = node.pipeline.commands.empty() ? Value() : evaluate(node.pipeline);
  const Value outer = std::exchange(dot_, given);
  auto variables = std::exchange(variables_, {{"$", given}});
  walk(found->second);
  variables_ = std::move(variables);
  dot_ = outer;
}

// NOLINTNEXTLINE(misc-no-recursion)
void Walk::range(const Node& node) {
  const std::size_t known = variables_.size();
  const Value all = evaluate(node.pipeline);
  bool is_empty = true;
  if (all.is_integer()) {
    is_empty = all.json().is_large() || all.json().as_integer() <= 0;
    if (!is_empty) count_to(node, all);
  } else {
    const auto items = items_at(node, all);
    is_empty = items.empty();
    for (const auto& [key, value] : items) {
      if (walk_item(node, Value(key), value) == Flow::Break) break;
    }
  }
  if (is_empty) walk(node.otherwise);
  variables_.resize(known);
}

std::vector<std::pair<Json, Value>> Walk::items_at(const Node& node, Value all) const {
  try {
    return items_of(all);
  } catch (const base::Error& error) {
    const std::string place = tree::place_of(program_.text, node.at);
    throw base::Error(fmt::format("template: {}: {}", place, error.what()));
  }
}

// {{range 3}}: 0, 1, 2.
// NOLINTNEXTLINE(misc-no-recursion)
void Walk::count_to(const Node& node, Value last) {
  if (node.pipeline.variables.size() > 1) {
    throw base::Error(
        fmt::format("template: {}: can't use {} to iterate over more than one variable",
                    tree::place_of(program_.text, node.at), print_text(last)));
  }
  for (std::int64_t i = 0; i < last.json().as_integer(); ++i) {
    const Value number = own(Json(i));
    if (walk_item(node, number, number) == Flow::Break) break;
  }
}

// The variables of the range, which evaluating its pipeline has made, get their turn's values.
// NOLINTNEXTLINE(misc-no-recursion)
Walk::Flow Walk::walk_item(const Node& node, Value key, Value value) {
  count_step();
  const auto& names = node.pipeline.variables;
  if (!names.empty()) variable(names.back()) = value;
  if (names.size() > 1) variable(names.front()) = key;
  const Value outer = std::exchange(dot_, value);
  const Flow flow = walk(node.body);
  dot_ = outer;
  return flow;
}

Value& Walk::variable(const std::string& name) {
  for (auto at = variables_.rbegin(); at != variables_.rend(); ++at) {
    if (at->first == name) return at->second;
  }
  throw base::Error(fmt::format("template: undefined variable \"{}\"", name));
}

Value Walk::own(Json value) {
  made_ += weight_of(value);
  if (made_ > kMostBytes) throw base::Error("template: it makes more than 64 MiB of text");
  return Value(owned_.emplace_back(std::move(value)));
}

void Walk::write(const std::string& text) {
  made_ += text.size();
  if (made_ > kMostBytes) throw base::Error("template: it makes more than 64 MiB of text");
  out_ += text;
}

void Walk::count_step() {
  if (++steps_ > kMostSteps) {
    throw base::Error(fmt::format("template: it takes more than {} steps", kMostSteps));
  }
}

}  // namespace cli
