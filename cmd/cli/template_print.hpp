#pragma once

#include "cmd/cli/template_value.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

// Values as Go's fmt prints them.
namespace cli {

// "%-10.3s", taken apart.
struct Directive {
  bool is_left = false;    // -
  bool has_sign = false;   // +
  bool is_zero = false;    // 0
  bool has_space = false;  // a space
  bool is_sharp = false;   // #
  std::size_t width = 0;
  std::optional<std::size_t> precision;
  std::string verb = "v";
};

// As %v: "[a b]", "map[k:v]", "{a 1}"; "<no value>" for what is not there.
std::string print_text(Value value);

// By any directive; what does not fit its verb is "%!d(string=x)".
std::string print_value(Value value, const Directive& directive);

// A number by its directive. See template_number.cpp.
std::string print_integer(const base::Json& number, const Directive& directive);
std::string print_decimal(double number, const Directive& directive);
std::string padded(std::string text, const Directive& directive);

// `printf`.
std::string print_formatted(const std::vector<Value>& arguments);

}  // namespace cli
