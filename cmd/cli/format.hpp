#pragma once

#include "pkg/base/json.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cli {

// The column heading of a field, where it is not simply the field's name in capitals.
struct Heading {
  std::string_view field;
  std::string_view text;
};

// What a list command prints: one row an object. `format` is "json" (one array), "table
// {{.A}}\t{{.B}}" (headings and columns), another Go template (once a row, each ending a line), or
// one that starts with "{{range" (once, over all rows).
struct Listing {
  base::Json::Array rows;
  std::vector<Heading> headings;
  bool has_heading = true;
};
std::string format_rows(const std::string& format, const Listing& listing);

// What an inspect command prints: "json" or "" is one indented array, anything else a template
// filled once for each object.
std::string format_objects(const std::string& format, const base::Json::Array& objects);

// The same for a single object that stands alone (`info`, `version`).
std::string format_object(const std::string& format, const base::Json& object);

// As YAML, for people: `info`.
std::string format_yaml(const base::Json& object);

// Lines whose cells are parted by tabs, the cells of a column made equally wide: at least 12
// characters with two spaces between columns, as the peers print.
std::string align(std::string_view lines);

// Writes to standard output; throws base::Error when that fails.
void print(std::string_view text);

}  // namespace cli
