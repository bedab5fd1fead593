#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace registry {

// A value of a TOML text, with the line it stands on. Of numbers and dates, which no file of ours
// has, only the place is kept.
struct Toml {
  using Array = std::vector<Toml>;
  using Table = std::vector<std::pair<std::string, Toml>>;  // by name

  std::variant<std::monostate, bool, std::string, Array, Table> value;
  int line = 0;

  // Throws base::Error "FILE:LINE: what".
  static Toml parse(const std::string& text, const std::string& file);

  const Toml* find(const std::string& key) const;
};

// Reads the values of one table of one file; errors are "FILE:LINE: KEY: expected a string".
class TomlReader {
 public:
  TomlReader(const Toml& table, const std::string& file, std::string path = "");

  const Toml* find(const std::string& key) const;
  std::string string_or(const std::string& key, const std::string& fallback) const;
  bool bool_or(const std::string& key, bool fallback) const;
  std::vector<std::string> strings(const std::string& key) const;
  // One reader for each table of an array of them: "registry[0]".
  std::vector<TomlReader> tables(const std::string& key) const;
  // Every member of a table whose values are all strings.
  std::vector<std::pair<std::string, std::string>> pairs(const std::string& key) const;
  // Warns of members that are none of these.
  void expect_only(const std::vector<std::string>& known) const;

  // Throws base::Error that names the place.
  [[noreturn]] void refuse(const std::string& key, const std::string& what) const;
  std::string place() const;  // "FILE:LINE"

 private:
  const Toml::Table& members() const { return std::get<Toml::Table>(table_->value); }
  std::string name_of(const std::string& key) const;
  [[noreturn]] void refuse_at(int line, const std::string& name, const std::string& what) const;

  const Toml* table_;
  std::string file_;
  std::string path_;
};

}  // namespace registry
