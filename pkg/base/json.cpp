// The only door of nlohmann-json: its parser feeds our values, its serializer escapes our strings.
#include "pkg/base/json.hpp"

#include "pkg/base/error.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <optional>

namespace base {
namespace {

constexpr std::size_t kDeepest = 100;

// Receives the parser's events and builds our value on a stack of the open arrays and objects.
class Builder : public nlohmann::json_sax<nlohmann::json> {
 public:
  Json take() { return std::move(root_); }
  const std::string& error() const { return error_; }
  std::size_t position() const { return position_; }

  bool null() override { return add(Json()); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(std::int64_t value) override { return add(value); }
  bool number_unsigned(std::uint64_t value) override { return add(value); }
  bool number_float(double value, const std::string&) override { return add(value); }
  bool string(std::string& value) override { return add(std::move(value)); }
  bool binary(nlohmann::json::binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(Json::object()); }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(std::string& name) override {
    if (open_.back().find(name) != nullptr) {
      error_ = fmt::format("member \"{}\" stands twice", name);
      return false;
    }
    keys_.back() = name;
    return true;
  }

  bool parse_error(std::size_t position, const std::string& token,
                   const nlohmann::json::exception&) override {
    position_ = position;
    error_ = token.empty() ? "unexpected end" : fmt::format("unexpected {}", token);
    return false;
  }

 private:
  bool add(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (open_.back().is_array()) {
      open_.back().push_back(std::move(value));
    } else {
      open_.back()[keys_.back()] = std::move(value);
    }
    return true;
  }

  bool open(Json value) {
    if (open_.size() == kDeepest) {
      error_ = fmt::format("nested deeper than {} levels", kDeepest);
      return false;
    }
    open_.push_back(std::move(value));
    keys_.emplace_back();
    return true;
  }

  bool close() {
    Json value = std::move(open_.back());
    open_.pop_back();
    keys_.pop_back();
    return add(std::move(value));
  }

  Json root_;
  std::vector<Json> open_;
  std::vector<std::string> keys_;
  std::string error_;
  std::size_t position_ = 0;
};

std::size_t line_of(std::string_view text, std::size_t position) {
  std::size_t line = 1;
  for (const char c : text.substr(0, position))
    line += c == '\n' ? 1 : 0;
  return line;
}

std::string_view kind(const Json& value) {
  if (value.is_null()) return "null";
  if (value.is_bool()) return "a boolean";
  if (value.is_number()) return "a number";
  if (value.is_string()) return "a string";
  return value.is_array() ? "an array" : "an object";
}

[[noreturn]] void fail_kind(std::string_view expected, const Json& found) {
  throw Error(fmt::format("expected {}, found {}", expected, kind(found)));
}

std::string quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void start_line(std::string& out, int indent, int level) {
  if (indent < 0) return;
  out += '\n';
  out.append(static_cast<std::size_t>(indent) * static_cast<std::size_t>(level), ' ');
}

void write(std::string& out, const Json& value, int indent, int level);

void write_array(std::string& out, const Json& value, int indent, int level) {
  out += '[';
  bool first = true;
  for (const Json& element : value.as_array()) {
    if (!first) out += ',';
    start_line(out, indent, level + 1);
    write(out, element, indent, level + 1);
    first = false;
  }
  if (!first) start_line(out, indent, level);
  out += ']';
}

void write_object(std::string& out, const Json& value, int indent, int level) {
  out += '{';
  bool first = true;
  for (const auto& [key, member] : value.as_object()) {
    if (!first) out += ',';
    start_line(out, indent, level + 1);
    out += quoted(key);
    out += indent < 0 ? ":" : ": ";
    write(out, member, indent, level + 1);
    first = false;
  }
  if (!first) start_line(out, indent, level);
  out += '}';
}

// NOLINTNEXTLINE(misc-no-recursion): values are trees; `parse` bounds their depth.
void write(std::string& out, const Json& value, int indent, int level) {
  if (value.is_null()) {
    out += "null";
  } else if (value.is_bool()) {
    out += value.as_bool() ? "true" : "false";
  } else if (value.is_integer()) {
    out += std::to_string(value.as_integer());
  } else if (value.is_large()) {
    out += std::to_string(value.as_unsigned());
  } else if (value.is_number()) {
    out += nlohmann::json(value.as_number()).dump();
  } else if (value.is_string()) {
    out += quoted(value.as_string());
  } else if (value.is_array()) {
    write_array(out, value, indent, level);
  } else {
    write_object(out, value, indent, level);
  }
}

// Reads a member's value; what is wrong with it is told with the member's name.
template <typename Read>
auto named(std::string_view key, Read read) {
  try {
    return read();
  } catch (Error& error) {
    error.during(key);
    throw;
  }
}

const Json* present(const Json& object, std::string_view key) {
  const Json* member = object.find(key);
  return member != nullptr && !member->is_null() ? member : nullptr;
}

}  // namespace

Json::Json(std::uint64_t value) {
  if (value > static_cast<std::uint64_t>(INT64_MAX)) {
    value_ = value;
  } else {
    value_ = static_cast<std::int64_t>(value);
  }
}

Json::Json(const std::vector<std::string>& values) : value_(Array(values.begin(), values.end())) {}

Json Json::parse(std::string_view text) {
  Builder builder;
  if (!nlohmann::json::sax_parse(text, &builder)) {
    throw Error(fmt::format("line {}: {}", line_of(text, builder.position()), builder.error()));
  }
  return builder.take();
}

std::string Json::dump(int indent) const {
  std::string out;
  write(out, *this, indent, 0);
  return out;
}

bool Json::as_bool() const {
  if (!is_bool()) fail_kind("a boolean", *this);
  return std::get<bool>(value_);
}

std::int64_t Json::as_integer() const {
  if (is_integer()) return std::get<std::int64_t>(value_);
  fail_kind("an integer", *this);
}

std::uint64_t Json::as_unsigned() const {
  if (is_large()) return std::get<std::uint64_t>(value_);
  const std::int64_t value = as_integer();
  if (value < 0) throw Error(fmt::format("{}: expected no negative number", value));
  return static_cast<std::uint64_t>(value);
}

double Json::as_number() const {
  if (is_integer()) return static_cast<double>(std::get<std::int64_t>(value_));
  if (is_large()) return static_cast<double>(std::get<std::uint64_t>(value_));
  if (!is_number()) fail_kind("a number", *this);
  return std::get<double>(value_);
}

const std::string& Json::as_string() const {
  if (!is_string()) fail_kind("a string", *this);
  return std::get<std::string>(value_);
}

const Json::Array& Json::as_array() const {
  if (!is_array()) fail_kind("an array", *this);
  return std::get<Array>(value_);
}

const Json::Object& Json::as_object() const {
  if (!is_object()) fail_kind("an object", *this);
  return std::get<Object>(value_);
}

std::vector<std::string> Json::as_strings() const {
  std::vector<std::string> strings;
  for (const Json& element : as_array())
    strings.push_back(element.as_string());
  return strings;
}

const Json* Json::find(std::string_view key) const {
  if (!is_object()) return nullptr;
  for (const auto& [name, member] : std::get<Object>(value_)) {
    if (name == key) return &member;
  }
  return nullptr;
}

const Json& Json::at(std::string_view key) const {
  if (!is_object()) fail_kind("an object", *this);
  const Json* member = find(key);
  if (member == nullptr) throw Error(fmt::format("{}: missing", key));
  return *member;
}

Json& Json::operator[](std::string_view key) {
  if (is_null()) value_ = Object{};
  if (!is_object()) fail_kind("an object", *this);
  auto& members = std::get<Object>(value_);
  for (auto& [name, member] : members) {
    if (name == key) return member;
  }
  return members.emplace_back(std::string(key), Json()).second;
}

void Json::add(std::string_view key, Json value) {
  constexpr std::size_t kMany = 64;  // who has few members can afford to look
  auto& members = std::get<Object>(value_);
  if (members.empty()) members.reserve(kMany);
  members.emplace_back(std::string(key), std::move(value));
}

bool Json::bool_or(std::string_view key, bool fallback) const {
  const Json* member = present(*this, key);
  return member == nullptr ? fallback : named(key, [&] { return member->as_bool(); });
}

std::int64_t Json::integer_or(std::string_view key, std::int64_t fallback) const {
  const Json* member = present(*this, key);
  return member == nullptr ? fallback : named(key, [&] { return member->as_integer(); });
}

std::string Json::string_or(std::string_view key, std::string_view fallback) const {
  const Json* member = present(*this, key);
  if (member == nullptr) return std::string(fallback);
  return named(key, [&] { return member->as_string(); });
}

std::vector<std::string> Json::strings_or_none(std::string_view key) const {
  const Json* member = present(*this, key);
  if (member == nullptr) return {};
  return named(key, [&] { return member->as_strings(); });
}

const Json::Array& Json::array_or_none(std::string_view key) const {
  static const Array kNone;
  const Json* member = present(*this, key);
  if (member == nullptr) return kNone;
  return *named(key, [&] { return &member->as_array(); });
}

const Json::Object& Json::object_or_none(std::string_view key) const {
  static const Object kNone;
  const Json* member = present(*this, key);
  if (member == nullptr) return kNone;
  return *named(key, [&] { return &member->as_object(); });
}

void Json::push_back(Json value) {
  if (is_null()) value_ = Array{};
  if (!is_array()) fail_kind("an array", *this);
  std::get<Array>(value_).push_back(std::move(value));
}

}  // namespace base
