// The only door of toml++.
#include "pkg/registry/toml.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"

#include <fmt/core.h>

#include <algorithm>

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

namespace registry {
namespace {

constexpr int kDeepest = 32;
constexpr std::size_t kLongest = std::size_t{1} << 20U;

Toml convert(const toml::node& node, int depth);  // NOLINT(misc-no-recursion)

// NOLINTNEXTLINE(misc-no-recursion)
Toml::Array convert_array(const toml::array& array, int depth) {
  Toml::Array values;
  for (const toml::node& each : array)
    values.push_back(convert(each, depth));
  return values;
}

// NOLINTNEXTLINE(misc-no-recursion)
Toml::Table convert_table(const toml::table& table, int depth) {
  Toml::Table members;
  for (const auto& [key, each] : table)
    members.emplace_back(std::string(key.str()), convert(each, depth));
  return members;
}

Toml convert(const toml::node& node, int depth) {  // NOLINT(misc-no-recursion)
  Toml made;
  made.line = static_cast<int>(node.source().begin.line);
  if (depth > kDeepest) return made;
  if (const auto* text = node.as_string()) made.value = text->get();
  if (const auto* truth = node.as_boolean()) made.value = truth->get();
  if (const auto* array = node.as_array()) made.value = convert_array(*array, depth + 1);
  if (const auto* table = node.as_table()) made.value = convert_table(*table, depth + 1);
  return made;
}

// toml++ 3.3 has no answer to some letters beyond ASCII where a space could be. Files of ours have
// them in comments at most, where they become spaces.
std::string only_ascii(std::string text, const std::string& file) {
  int line = 1;
  bool is_comment = false;
  for (char& letter : text) {
    if (letter == '\n') ++line;
    is_comment = letter != '\n' && (is_comment || letter == '#');
    if (static_cast<unsigned char>(letter) < 128) continue;
    if (!is_comment) {
      throw base::Error(
          fmt::format("{}:{}: only ASCII is understood outside comments", file, line));
    }
    letter = ' ';
  }
  return text;
}

}  // namespace

Toml Toml::parse(const std::string& text, const std::string& file) {
  if (text.size() > kLongest) throw base::Error(file + ": longer than 1 MiB");
  const toml::parse_result result = toml::parse(only_ascii(text, file));
  if (!result) {
    const toml::parse_error& error = result.error();
    throw base::Error(
        fmt::format("{}:{}: {}", file, error.source().begin.line, error.description()));
  }
  return convert(result.table(), 0);
}

const Toml* Toml::find(const std::string& key) const {
  const auto* members = std::get_if<Table>(&value);
  if (members == nullptr) return nullptr;
  const auto found = std::find_if(members->begin(), members->end(),
                                  [&](const auto& member) { return member.first == key; });
  return found == members->end() ? nullptr : &found->second;
}

TomlReader::TomlReader(const Toml& table, const std::string& file, std::string path)
    : table_(&table), file_(file), path_(std::move(path)) {
  if (!std::holds_alternative<Toml::Table>(table.value)) {
    refuse_at(table.line, path_, "expected a table");
  }
}

std::string TomlReader::name_of(const std::string& key) const {
  return path_.empty() || key.empty() ? path_ + key : path_ + "." + key;
}

void TomlReader::refuse_at(int line, const std::string& name, const std::string& what) const {
  throw base::Error(fmt::format("{}:{}: {}: {}", file_, line, name, what));
}

void TomlReader::refuse(const std::string& key, const std::string& what) const {
  const Toml* value = find(key);
  refuse_at(value == nullptr ? table_->line : value->line, name_of(key), what);
}

std::string TomlReader::place() const {
  return fmt::format("{}:{}", file_, table_->line);
}

const Toml* TomlReader::find(const std::string& key) const {
  return table_->find(key);
}

std::string TomlReader::string_or(const std::string& key, const std::string& fallback) const {
  const Toml* found = find(key);
  if (found == nullptr) return fallback;
  const auto* text = std::get_if<std::string>(&found->value);
  if (text == nullptr) refuse(key, "expected a string");
  return *text;
}

bool TomlReader::bool_or(const std::string& key, bool fallback) const {
  const Toml* found = find(key);
  if (found == nullptr) return fallback;
  const auto* truth = std::get_if<bool>(&found->value);
  if (truth == nullptr) refuse(key, "expected true or false");
  return *truth;
}

std::vector<std::string> TomlReader::strings(const std::string& key) const {
  std::vector<std::string> texts;
  const Toml* found = find(key);
  if (found == nullptr) return texts;
  const auto* array = std::get_if<Toml::Array>(&found->value);
  if (array == nullptr) refuse(key, "expected an array of strings");
  for (const Toml& each : *array) {
    const auto* text = std::get_if<std::string>(&each.value);
    if (text == nullptr) refuse_at(each.line, name_of(key), "expected an array of strings");
    texts.push_back(*text);
  }
  return texts;
}

std::vector<TomlReader> TomlReader::tables(const std::string& key) const {
  std::vector<TomlReader> readers;
  const Toml* found = find(key);
  if (found == nullptr) return readers;
  const auto* array = std::get_if<Toml::Array>(&found->value);
  if (array == nullptr) refuse(key, "expected [[" + name_of(key) + "]]");
  for (std::size_t i = 0; i < array->size(); ++i)
    readers.emplace_back((*array)[i], file_, fmt::format("{}[{}]", name_of(key), i));
  return readers;
}

std::vector<std::pair<std::string, std::string>> TomlReader::pairs(const std::string& key) const {
  std::vector<std::pair<std::string, std::string>> found;
  const Toml* table = find(key);
  if (table == nullptr) return found;
  const TomlReader reader(*table, file_, name_of(key));
  for (const auto& [name, value] : reader.members())
    found.emplace_back(name, reader.string_or(name, ""));
  return found;
}

void TomlReader::expect_only(const std::vector<std::string>& known) const {
  for (const auto& [name, value] : members()) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    base::log::warn("{}:{}: {}: unknown, left out", file_, value.line, name_of(name));
  }
}

}  // namespace registry
