#pragma once

#include "cmd/cli/template_value.hpp"
#include "pkg/base/json.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cli {

using Arguments = std::vector<Value>;

// A function of templates; those of Go's text/template, and those that the peers add.
struct Function {
  std::string_view name;
  base::Json (*run)(const Arguments&);
  std::size_t least;  // arguments
  std::size_t most;
};
constexpr std::size_t kAnyNumber = SIZE_MAX;

bool is_function(std::string_view name);

// Calls any function but `and`, `or`, which do not look at all their arguments, and `index`, whose
// result is part of its argument. Throws base::Error.
base::Json call(std::string_view name, const Arguments& arguments);

// Throws base::Error when so many arguments cannot be given.
void check_count(std::string_view name, std::size_t count);

// Arguments of a kind; throw base::Error for another.
const std::string& text_of(Value value);
std::int64_t integer_of(Value value);

// Texts made of texts: json, join, upper, html and so on. See template_texts.cpp.
const Function* find_text_function(std::string_view name);

}  // namespace cli
