#include "cmd/cli/template_functions.hpp"

#include "cmd/cli/template_print.hpp"
#include "pkg/base/error.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>

namespace cli {
namespace {

using base::Json;

[[noreturn]] void fail(const std::string& what) {
  throw base::Error(what);
}

// What Go compares: of two kinds, or of none.
enum class Kind { None, Text, Number, Bool };

Kind kind_of(Value value) {
  if (value.is_string()) return Kind::Text;
  if (value.is_number()) return Kind::Number;
  return value.is_bool() ? Kind::Bool : Kind::None;
}

// -1, 0 or 1. Whole numbers beyond what a double can say are compared as what they are.
int compare_numbers(const Json& a, const Json& b) {
  if (a.is_integer() && b.is_integer()) {
    return a.as_integer() < b.as_integer() ? -1 : a.as_integer() > b.as_integer() ? 1 : 0;
  }
  if (a.is_large() && b.is_large()) {
    return a.as_unsigned() < b.as_unsigned() ? -1 : a.as_unsigned() > b.as_unsigned() ? 1 : 0;
  }
  return a.as_number() < b.as_number() ? -1 : a.as_number() > b.as_number() ? 1 : 0;
}

bool are_equal(Value a, Value b) {
  if (a.is_nil() || b.is_nil()) return a.is_nil() == b.is_nil();
  const Kind kind = kind_of(a);
  if (kind != kind_of(b)) fail("incompatible types for comparison");
  if (kind == Kind::Number) return compare_numbers(a.json(), b.json()) == 0;
  if (kind == Kind::None && (a.is_array() || a.is_map())) {
    fail(fmt::format("non-comparable type {}: {}", print_text(a), type_of(a)));
  }
  return a.json() == b.json();
}

bool is_less(Value a, Value b) {
  const Kind kind = kind_of(a);
  const auto has_order = [](Kind of) { return of == Kind::Text || of == Kind::Number; };
  if (kind_of(b) != kind && kind != Kind::None && kind_of(b) != Kind::None) {
    fail("incompatible types for comparison");
  }
  if (!has_order(kind) || !has_order(kind_of(b))) fail("invalid type for comparison");
  if (kind == Kind::Number) return compare_numbers(a.json(), b.json()) < 0;
  return a.json().as_string() < b.json().as_string();
}

Json equal(const Arguments& arguments) {
  if (arguments.size() == 1) fail("missing argument for comparison");
  return std::any_of(arguments.begin() + 1, arguments.end(),
                     [&](Value each) { return are_equal(arguments[0], each); });
}
Json not_equal(const Arguments& arguments) {
  return !are_equal(arguments[0], arguments[1]);
}
Json less(const Arguments& arguments) {
  return is_less(arguments[0], arguments[1]);
}
Json at_most(const Arguments& arguments) {
  return !is_less(arguments[1], arguments[0]);
}
Json greater(const Arguments& arguments) {
  return is_less(arguments[1], arguments[0]);
}
Json at_least(const Arguments& arguments) {
  return !is_less(arguments[0], arguments[1]);
}
Json negate(const Arguments& arguments) {
  return !is_true(arguments[0]);
}

std::size_t size_of(Value value, std::string_view step) {
  if (!value.exists()) fail(fmt::format("{} of untyped nil", step));
  if (value.is_nil()) return 0;
  if (value.is_string()) return value.json().as_string().size();
  if (value.is_array()) return value.json().as_array().size();
  if (value.is_map() && step == "len") return items_of(value).size();
  fail(fmt::format("{} of type {}", step, type_of(value)));
}

Json length(const Arguments& arguments) {
  const Value value = arguments[0];
  // A struct has no length in Go; what stands in our output as an object may be a map there.
  if (value.is_object()) return static_cast<std::int64_t>(items_of(value).size());
  return static_cast<std::int64_t>(size_of(value, "len"));
}

Json slice(const Arguments& arguments) {
  const Value value = arguments[0];
  const std::size_t size = size_of(value, "slice");
  std::size_t bounds[] = {0, size, size};
  if (arguments.size() == 4 && value.is_string()) fail("cannot 3-index slice a string");
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::int64_t bound = integer_of(arguments[i]);
    if (bound < 0 || bound > static_cast<std::int64_t>(size)) {
      fail(fmt::format("index out of range: {}", bound));
    }
    bounds[i - 1] = static_cast<std::size_t>(bound);
  }
  const auto [from, to, most] = bounds;
  if (from > to) fail(fmt::format("invalid slice index: {} > {}", from, to));
  if (to > most) fail(fmt::format("invalid slice index: {} > {}", to, most));
  if (value.is_string()) return value.json().as_string().substr(from, to - from);
  if (value.is_nil()) return Json::array();
  const auto all = value.json().as_array().begin();
  return Json::Array(all + static_cast<std::ptrdiff_t>(from),
                     all + static_cast<std::ptrdiff_t>(to));
}

Json refuse_call(const Arguments& arguments) {
  fail(fmt::format("non-function of type {}", type_of(arguments[0])));
}

constexpr Function kFunctions[] = {
    {"and", nullptr, 1, kAnyNumber},
    {"or", nullptr, 1, kAnyNumber},
    {"index", nullptr, 1, kAnyNumber},
    {"not", negate, 1, 1},
    {"eq", equal, 1, kAnyNumber},
    {"ne", not_equal, 2, 2},
    {"lt", less, 2, 2},
    {"le", at_most, 2, 2},
    {"gt", greater, 2, 2},
    {"ge", at_least, 2, 2},
    {"len", length, 1, 1},
    {"slice", slice, 1, 4},
    {"call", refuse_call, 1, kAnyNumber},
};

const Function* find_function(std::string_view name) {
  const auto* const found = std::find_if(std::begin(kFunctions), std::end(kFunctions),
                                         [&](const Function& each) { return each.name == name; });
  return found == std::end(kFunctions) ? find_text_function(name) : found;
}

}  // namespace

bool is_function(std::string_view name) {
  return find_function(name) != nullptr;
}

void check_count(std::string_view name, std::size_t count) {
  const Function& function = *find_function(name);
  if (count >= function.least && count <= function.most) return;
  const std::string_view at_least = function.least == function.most ? "" : "at least ";
  fail(fmt::format("wrong number of args for {}: want {}{} got {}", name, at_least, function.least,
                   count));
}

Json call(std::string_view name, const Arguments& arguments) {
  check_count(name, arguments.size());
  try {
    return find_function(name)->run(arguments);
  } catch (base::Error& error) {
    error.during(fmt::format("error calling {}", name));
    throw;
  }
}

const std::string& text_of(Value value) {
  if (value.is_string()) return value.json().as_string();
  fail(fmt::format("wrong type for value; expected string; got {}", type_of(value)));
}

std::int64_t integer_of(Value value) {
  if (value.is_integer() && !value.json().is_large()) return value.json().as_integer();
  fail(fmt::format("wrong type for value; expected int; got {}", type_of(value)));
}

}  // namespace cli
