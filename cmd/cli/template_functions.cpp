#include "cmd/cli/template_functions.hpp"

#include "cmd/cli/template.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace cli {
namespace {

using Arguments = std::vector<Value>;
using base::Json;

[[noreturn]] void fail(std::string_view what) {
  throw base::Error(fmt::format("template: {}", what));
}

const std::string& text_of(Value value) {
  if (value == nullptr || !value->is_string()) {
    fail(fmt::format("expected a string, found {}", print_text(value)));
  }
  return value->as_string();
}

std::int64_t integer_of(Value value) {
  if (value == nullptr || !value->is_integer()) {
    fail(fmt::format("expected an integer, found {}", print_text(value)));
  }
  return value->as_integer();
}

bool are_equal(Value a, Value b) {
  if (a == nullptr || b == nullptr || a->is_null() || b->is_null()) {
    return (a == nullptr || a->is_null()) && (b == nullptr || b->is_null());
  }
  if (a->is_number() && b->is_number())
    return !(a->as_number() < b->as_number()) && !(b->as_number() < a->as_number());
  const bool is_same_kind = (a->is_string() && b->is_string()) || (a->is_bool() && b->is_bool());
  if (!is_same_kind) fail("incompatible types for comparison");
  return *a == *b;
}

bool is_less(Value a, Value b) {
  if (a != nullptr && b != nullptr && a->is_number() && b->is_number()) {
    return a->as_number() < b->as_number();
  }
  return text_of(a) < text_of(b);
}

Json equal(const Arguments& arguments) {
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    if (are_equal(arguments[0], arguments[i])) return true;
  }
  return false;
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

Json length(const Arguments& arguments) {
  const Value value = arguments[0];
  if (value == nullptr || value->is_null()) return 0;
  std::size_t count = 0;
  if (value->is_string()) {
    count = value->as_string().size();
  } else if (value->is_array()) {
    count = value->as_array().size();
  } else if (value->is_object()) {
    count = without_methods(*value).as_object().size();
  } else {
    fail(fmt::format("len of {}", print_text(value)));
  }
  return static_cast<std::int64_t>(count);
}

Json slice(const Arguments& arguments) {
  const std::int64_t size = length(arguments).as_integer();
  const std::int64_t from = arguments.size() > 1 ? integer_of(arguments[1]) : 0;
  const std::int64_t to = arguments.size() > 2 ? integer_of(arguments[2]) : size;
  if (from < 0 || to > size || from > to) fail(fmt::format("slice out of range: {}:{}", from, to));
  if (arguments[0]->is_string()) {
    return arguments[0]->as_string().substr(static_cast<std::size_t>(from),
                                            static_cast<std::size_t>(to - from));
  }
  const Json::Array& all = arguments[0]->as_array();
  return Json::Array(all.begin() + from, all.begin() + to);
}

Json to_json(const Arguments& arguments) {
  return arguments[0] == nullptr ? "null" : without_methods(*arguments[0]).dump();
}

Json to_pretty_json(const Arguments& arguments) {
  return arguments[0] == nullptr ? "null" : without_methods(*arguments[0]).dump(4);
}

Json join(const Arguments& arguments) {
  std::vector<std::string> parts;
  if (arguments[0] != nullptr && arguments[0]->is_array()) {
    for (const Json& element : arguments[0]->as_array())
      parts.push_back(print_text(&element));
  } else if (is_true(arguments[0])) {
    fail(fmt::format("join of {}", print_text(arguments[0])));
  }
  return base::join(parts, text_of(arguments[1]));
}

Json split(const Arguments& arguments) {
  const std::string& text = text_of(arguments[0]);
  const std::string& separator = text_of(arguments[1]);
  if (separator.empty()) fail("split at nothing");
  std::vector<std::string> parts;
  std::size_t from = 0;
  for (std::size_t at = text.find(separator); at != std::string::npos;
       at = text.find(separator, from)) {
    parts.push_back(text.substr(from, at - from));
    from = at + separator.size();
  }
  parts.push_back(text.substr(from));
  return parts;
}

Json lower(const Arguments& arguments) {
  return base::lower(text_of(arguments[0]));
}
Json upper(const Arguments& arguments) {
  return base::upper(text_of(arguments[0]));
}

Json title(const Arguments& arguments) {
  std::string text = text_of(arguments[0]);
  bool is_first = true;
  for (char& c : text) {
    const auto letter = static_cast<unsigned char>(c);
    if (is_first) c = static_cast<char>(std::toupper(letter));
    is_first = std::isspace(letter) != 0;
  }
  return text;
}

// docker's: `pad .Name 1 2` puts so many spaces before and behind, unless the text is empty.
Json pad(const Arguments& arguments) {
  const std::string& text = text_of(arguments[0]);
  const auto spaces = [](Value count) {
    return std::string(
        static_cast<std::size_t>(std::clamp<std::int64_t>(integer_of(count), 0, 1000)), ' ');
  };
  return text.empty() ? text : spaces(arguments[1]) + text + spaces(arguments[2]);
}

Json truncate(const Arguments& arguments) {
  const std::int64_t most = std::max<std::int64_t>(0, integer_of(arguments[1]));
  return text_of(arguments[0]).substr(0, static_cast<std::size_t>(most));
}

// Go's Sprint: a space between two arguments when neither is a string.
Json print(const Arguments& arguments) {
  std::string text;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto is_text = [&](std::size_t at) {
      return arguments[at] != nullptr && arguments[at]->is_string();
    };
    if (i > 0 && !is_text(i - 1) && !is_text(i)) text += ' ';
    text += print_text(arguments[i]);
  }
  return text;
}

Json print_line(const Arguments& arguments) {
  std::vector<std::string> parts;
  for (const Value value : arguments)
    parts.push_back(print_text(value));
  return base::join(parts, " ") + "\n";
}

Json format(const Arguments& arguments) {
  return print_formatted(arguments);
}

struct Function {
  std::string_view name;
  Json (*run)(const Arguments&);
  std::size_t least;
  std::size_t most;
};
constexpr std::size_t kMany = 1000;
constexpr Function kFunctions[] = {
    {"and", nullptr, 1, kMany},   {"or", nullptr, 1, kMany},
    {"index", nullptr, 1, kMany}, {"not", negate, 1, 1},
    {"eq", equal, 2, kMany},      {"ne", not_equal, 2, 2},
    {"lt", less, 2, 2},           {"le", at_most, 2, 2},
    {"gt", greater, 2, 2},        {"ge", at_least, 2, 2},
    {"len", length, 1, 1},        {"slice", slice, 1, 3},
    {"json", to_json, 1, 1},      {"join", join, 2, 2},
    {"split", split, 2, 2},       {"lower", lower, 1, 1},
    {"upper", upper, 1, 1},       {"title", title, 1, 1},
    {"pad", pad, 3, 3},           {"truncate", truncate, 2, 2},
    {"print", print, 0, kMany},   {"println", print_line, 0, kMany},
    {"printf", format, 1, kMany}, {"prettyjson", to_pretty_json, 1, 1},
};

const Function* find_function(std::string_view name) {
  const auto* const found = std::find_if(std::begin(kFunctions), std::end(kFunctions),
                                         [&](const Function& each) { return each.name == name; });
  return found == std::end(kFunctions) ? nullptr : found;
}

std::string print_array(const Json& value) {
  std::vector<std::string> parts;
  for (const Json& element : value.as_array())
    parts.push_back(print_text(&element));
  return "[" + base::join(parts, " ") + "]";
}

std::string print_object(const Json& value) {
  std::vector<std::string> parts;
  for (const auto& [key, member] : value.as_object()) {
    if (!key.ends_with("()")) parts.push_back(key + ":" + print_text(&member));
  }
  std::sort(parts.begin(), parts.end());
  return "map[" + base::join(parts, " ") + "]";
}

}  // namespace

bool is_function(std::string_view name) {
  return find_function(name) != nullptr;
}

base::Json call(std::string_view name, const std::vector<Value>& arguments) {
  const Function& function = *find_function(name);
  if (arguments.size() < function.least || arguments.size() > function.most) {
    fail(fmt::format("{}: wrong number of arguments: {}", name, arguments.size()));
  }
  return function.run(arguments);
}

bool is_true(Value value) {
  if (value == nullptr || value->is_null()) return false;
  if (value->is_bool()) return value->as_bool();
  if (value->is_number()) return value->as_number() != 0;
  if (value->is_string()) return !value->as_string().empty();
  return value->is_array() ? !value->as_array().empty() : !value->as_object().empty();
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the data.
std::string print_text(Value value) {
  if (value == nullptr) return "<no value>";
  if (value->is_null()) return "[]";  // of all things that Go has nil, lists are the commonest
  if (value->is_string()) return value->as_string();
  if (value->is_bool()) return value->as_bool() ? "true" : "false";
  if (value->is_integer()) return std::to_string(value->as_integer());
  if (value->is_number()) return fmt::format("{}", value->as_number());
  return value->is_array() ? print_array(*value) : print_object(*value);
}

Value index_of(Value value, Value key) {
  if (value == nullptr || value->is_null()) fail("index of nothing");
  if (value->is_object()) {
    static const Json kEmptyText("");
    const std::string& name = text_of(key);
    const Value found = value->find(name);
    if (found != nullptr) return found;
    const auto& members = value->as_object();
    const bool has_texts = std::all_of(members.begin(), members.end(), [](const auto& member) {
      return member.second.is_string();
    });
    return has_texts ? &kEmptyText : nullptr;
  }
  if (!value->is_array()) fail(fmt::format("index of {}", print_text(value)));
  const std::int64_t at = integer_of(key);
  const Json::Array& all = value->as_array();
  if (at < 0 || at >= static_cast<std::int64_t>(all.size())) {
    fail(fmt::format("index out of range: {}", at));
  }
  return &all[static_cast<std::size_t>(at)];
}

}  // namespace cli
