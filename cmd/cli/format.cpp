#include "cmd/cli/format.hpp"

#include "cmd/cli/template.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <cstdio>

namespace cli {
namespace {

constexpr int kIndent = 4;
constexpr std::string_view kTable = "table";

bool starts_table(std::string_view format) {
  return format.starts_with("table ") || format.starts_with("table{") ||
         format.starts_with("table\t") || format.starts_with("table\\t");
}

// What a template makes is a line, also when it has not been asked to end one.
std::string as_line(std::string format) {
  if (!format.ends_with('\n') && !format.ends_with("\\n")) format += '\n';
  return format;
}

// "RunningFor" -> "RUNNING FOR", "ImageID" -> "IMAGE ID".
std::string heading_of(const std::string& field, const std::vector<Heading>& headings) {
  for (const Heading& heading : headings) {
    if (heading.field == field) return std::string(heading.text);
  }
  std::string text;
  for (std::size_t i = 0; i < field.size(); ++i) {
    const auto is_capital = [&](std::size_t at) {
      return std::isupper(static_cast<unsigned char>(field[at])) != 0;
    };
    if (i > 0 && is_capital(i) && !is_capital(i - 1)) text += ' ';
    text += field[i];
  }
  return base::upper(text);
}

// The template filled with headings instead of values; empty when it does more with its fields
// than show them.
std::string heading_line(const Template& row, const std::vector<Heading>& headings) {
  base::Json fields = base::Json::object();
  for (const std::string& field : row.fields())
    fields[field + "()"] = heading_of(field, headings);
  try {
    return row.render(fields);
  } catch (const base::Error&) {
    return "";
  }
}

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

// Between the fields of a table blanks separate columns, too.
std::string with_tabs(std::string_view text) {
  std::string out;
  int depth = 0;
  for (const char letter : text) {
    depth += letter == '{' ? 1 : letter == '}' ? -1 : 0;
    out += letter == ' ' && depth == 0 ? '\t' : letter;
  }
  return out;
}

// What follows "table".
std::string columns_of(std::string_view format) {
  return with_tabs(base::trim(format.substr(kTable.size())));
}

}  // namespace

std::string align(std::string_view lines) {
  constexpr std::size_t kNarrowest = 12;
  constexpr std::size_t kGap = 2;
  const bool ends_line = lines.ends_with('\n');
  if (ends_line) lines.remove_suffix(1);
  std::vector<std::vector<std::string>> table;
  std::vector<std::size_t> widths;
  for (const std::string& line : base::split(lines, '\n')) {
    table.push_back(base::split(line, '\t'));
    const std::vector<std::string>& cells = table.back();
    if (widths.size() < cells.size()) widths.resize(cells.size(), kNarrowest);
    for (std::size_t i = 0; i + 1 < cells.size(); ++i)
      widths[i] = std::max(widths[i], width_of(cells[i]) + kGap);
  }
  std::string out;
  for (const std::vector<std::string>& cells : table) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      out += cells[i];
      if (i + 1 < cells.size()) out.append(widths[i] - width_of(cells[i]), ' ');
    }
    out += '\n';
  }
  if (!ends_line) out.pop_back();
  return out;
}

std::string format_rows(const std::string& format, const Listing& listing) {
  if (format == "json") return without_methods(listing.rows).dump(kIndent) + "\n";
  if (format.starts_with("{{range")) {
    return Template::parse(as_line(format)).render(listing.rows);
  }
  const bool is_table = starts_table(format);
  const Template row = Template::parse(as_line(is_table ? columns_of(format) : format));
  std::string out = is_table && listing.has_heading ? heading_line(row, listing.headings) : "";
  for (const base::Json& each : listing.rows)
    out += row.render(each);
  return is_table ? align(out) : out;
}

std::string format_objects(const std::string& format, const base::Json::Array& objects) {
  if (format.empty() || format == "json") return without_methods(objects).dump(kIndent) + "\n";
  const bool is_table = starts_table(format);
  const Template each = Template::parse(as_line(is_table ? columns_of(format) : format));
  std::string out;
  for (const base::Json& object : objects)
    out += each.render(object);
  return is_table ? align(out) : out;
}

std::string format_object(const std::string& format, const base::Json& object) {
  if (format.empty() || format == "json") return without_methods(object).dump(kIndent) + "\n";
  return Template::parse(as_line(format)).render(object);
}

void print(std::string_view text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (!written || std::fflush(stdout) != 0) throw base::SysError("standard output");
}

}  // namespace cli
