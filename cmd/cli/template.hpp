#pragma once

#include "cmd/cli/template_tree.hpp"
#include "cmd/cli/template_value.hpp"
#include "pkg/base/json.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cli {

// A Go text/template, as --format takes it: fields, pipelines, variables, if, range, with, define,
// and the functions that the peers add (json, join, upper ...). Its data is a JSON value. Where a
// Go value has a method, the object has a member whose name ends in "()": found by its bare name
// before fields are, never printed. A method with an argument (`.Label "k"`) is a member that is an
// object.
class Template {
 public:
  // Throws base::Error that says where the text cannot be understood.
  static Template parse(std::string_view text);

  // Throws base::Error for a field that is not there, an index out of range, and the like.
  std::string render(const base::Json& data) const;

  // The names of the fields taken of the data itself: {"ID", "Names"}.
  std::vector<std::string> fields() const;

 private:
  explicit Template(tree::Program program) : program_(std::move(program)) {}

  tree::Program program_;
};

}  // namespace cli
