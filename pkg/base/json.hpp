#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace base {

// A JSON value. Objects keep the order in which members were added, so what we print reads as it
// was written. The engine behind `parse` and `dump` is json.cpp's secret.
class Json {
 public:
  using Array = std::vector<Json>;
  using Member = std::pair<std::string, Json>;
  using Object = std::vector<Member>;

  Json() = default;                                             // null
  Json(std::nullptr_t) {}                                       // NOLINT
  Json(bool value) : value_(value) {}                           // NOLINT
  Json(int value) : value_(std::int64_t{value}) {}              // NOLINT
  Json(unsigned value) : value_(std::int64_t{value}) {}         // NOLINT
  Json(std::int64_t value) : value_(value) {}                   // NOLINT
  Json(std::uint64_t value);                                    // NOLINT
  Json(double value) : value_(value) {}                         // NOLINT
  Json(const char* value) : value_(std::string(value)) {}       // NOLINT
  Json(std::string_view value) : value_(std::string(value)) {}  // NOLINT
  Json(std::string value) : value_(std::move(value)) {}         // NOLINT
  Json(Array value) : value_(std::move(value)) {}               // NOLINT
  Json(Object value) : value_(std::move(value)) {}              // NOLINT
  Json(const std::vector<std::string>& values);                 // NOLINT
  template <typename T>
  Json(T*) = delete;  // a pointer is not a bool

  static Json array() { return Json(Array{}); }
  static Json object() { return Json(Object{}); }
  static Json object(std::initializer_list<Member> members) { return Json(Object(members)); }

  // Throws Error, naming the line, for text that is not one JSON value, is nested deeper than 100
  // levels, or says a member twice.
  static Json parse(std::string_view text);

  // One line, or indented by `indent` spaces a level. HTML is not escaped.
  std::string dump(int indent = -1) const;

  bool is_null() const { return value_.index() == 0; }
  bool is_bool() const { return std::holds_alternative<bool>(value_); }
  bool is_integer() const { return std::holds_alternative<std::int64_t>(value_); }
  // A whole number beyond std::int64_t: only as_unsigned reads it.
  bool is_large() const { return std::holds_alternative<std::uint64_t>(value_); }
  bool is_number() const { return is_integer() || is_large() || holds_double(); }
  bool is_string() const { return std::holds_alternative<std::string>(value_); }
  bool is_array() const { return std::holds_alternative<Array>(value_); }
  bool is_object() const { return std::holds_alternative<Object>(value_); }

  // Throw Error "expected a string, found a number" when the value is of another kind.
  bool as_bool() const;
  std::int64_t as_integer() const;
  // Whole numbers up to 2^64 - 1, as limits have them; a negative one throws.
  std::uint64_t as_unsigned() const;
  double as_number() const;
  const std::string& as_string() const;
  const Array& as_array() const;
  const Object& as_object() const;
  std::vector<std::string> as_strings() const;

  // The member, or nothing when it is missing or this is not an object.
  const Json* find(std::string_view key) const;
  // The member; throws Error when it is missing. Errors of values found this way name the key.
  const Json& at(std::string_view key) const;
  // The member, made when missing; a null becomes an object.
  Json& operator[](std::string_view key);
  // A further member of an object, which has none of this name yet: nobody looks for it.
  void add(std::string_view key, Json value);

  // Members that may be missing or null: then the fallback. Another kind throws, naming the key.
  bool bool_or(std::string_view key, bool fallback) const;
  std::int64_t integer_or(std::string_view key, std::int64_t fallback) const;
  std::string string_or(std::string_view key, std::string_view fallback) const;
  std::vector<std::string> strings_or_none(std::string_view key) const;
  // The member's elements or members; empty when missing or null.
  const Array& array_or_none(std::string_view key) const;
  const Object& object_or_none(std::string_view key) const;

  void push_back(Json value);  // a null becomes an array

  friend bool operator==(const Json&, const Json&) = default;

 private:
  bool holds_double() const { return std::holds_alternative<double>(value_); }

  // std::uint64_t only for what std::int64_t cannot hold.
  std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string, Array,
               Object>
      value_;
};

}  // namespace base
