#pragma once

#include "pkg/base/json.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cli {

// A value in a template: some JSON, and the name of the member that it is. The name says what the
// JSON does not: "Labels" are a map in Go, wherever they stand, other objects are structs. A value
// without JSON is what a map has under a key that is not there ("<no value>").
class Value {
 public:
  Value() = default;
  explicit Value(const base::Json& json, std::string_view name = "") : json_(&json), name_(name) {}
  explicit Value(base::Json&&, std::string_view = "") = delete;

  bool exists() const { return json_ != nullptr; }
  bool is_nil() const { return json_ == nullptr || json_->is_null(); }
  bool is_string() const { return json_ != nullptr && json_->is_string(); }
  bool is_integer() const { return json_ != nullptr && (json_->is_integer() || json_->is_large()); }
  bool is_number() const { return json_ != nullptr && json_->is_number(); }
  bool is_bool() const { return json_ != nullptr && json_->is_bool(); }
  bool is_array() const { return json_ != nullptr && json_->is_array(); }
  bool is_object() const { return json_ != nullptr && json_->is_object(); }

  // An object or null that is a map in Go.
  bool is_map() const;

  const base::Json& json() const { return *json_; }
  std::string_view name() const { return name_; }

 private:
  const base::Json* json_ = nullptr;
  std::string_view name_;
};

// Go's truth: not zero, not empty; a struct always.
bool is_true(Value value);

// "int", "[]string", "map[string]string"; of a struct the name of the member.
std::string type_of(Value value);

// A member's name as a template says it: of a method without the "()".
bool is_method(std::string_view member);

// A field, by its method's name, its own, or its own in other letters: the peers' JSON says "id"
// and "Id" where their Go fields, which templates name, are "ID". Throws base::Error where Go finds
// a field missing, too.
Value field_of(Value object, const std::string& name);

// Part of a value by index or key; Go's zero for a key that is not there. Throws base::Error.
Value index_of(Value value, Value key);

// Keys and values to range over, in Go's order. Throws base::Error for what has none.
std::vector<std::pair<base::Json, Value>> items_of(Value value);

// The value without its methods, the keys of maps in their order, as `json` prints it.
base::Json without_methods(Value value);
base::Json without_methods(const base::Json& value);

}  // namespace cli
