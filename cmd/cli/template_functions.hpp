#pragma once

#include "pkg/base/json.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cli {

// A value in a template; nullptr is what a map has under a key that is not there ("<no value>").
using Value = const base::Json*;

bool is_function(std::string_view name);

// Calls any function but `and`, `or`, which do not look at all their arguments, and `index`, whose
// result is part of its argument. Throws base::Error.
base::Json call(std::string_view name, const std::vector<Value>& arguments);

// Go's truth: not zero, not empty.
bool is_true(Value value);

// As Go prints a value with %v: "[a b]", "map[k:v]".
std::string print_text(Value value);

// `printf`. See Go's fmt: %s %d %v %q %x %X %f %t %c %%, with width, precision, '-' and '0'.
std::string print_formatted(const std::vector<Value>& arguments);

// Part of a value by index or key; nullptr for a key that is not there.
Value index_of(Value value, Value key);

}  // namespace cli
