#include "cmd/cli/template_print.hpp"
#include "cmd/cli/template_rune.hpp"
#include "pkg/base/error.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

namespace cli {
namespace {

constexpr std::int64_t kWidest = 1'000'000;  // as in Go

// Walks a format with its arguments.
class Formatting {
 public:
  explicit Formatting(const std::vector<Value>& arguments)
      : arguments_(arguments), format_(arguments[0].json().as_string()) {}

  std::string text() {
    while (at_ < format_.size()) {
      if (format_[at_] != '%') {
        out_ += format_[at_++];
        continue;
      }
      ++at_;
      directive();
    }
    add_surplus();
    return std::move(out_);
  }

 private:
  bool is_at(char c) const { return at_ < format_.size() && format_[at_] == c; }

  void directive() {
    Directive directive;
    is_bad_index_ = false;
    after_index_ = false;
    flags(directive);
    argument_index();
    width(directive);
    precision(directive);
    if (!after_index_) argument_index();
    if (at_ == format_.size()) {
      out_ += "%!(NOVERB)";
      return;
    }
    std::string_view rest = std::string_view(format_).substr(at_);
    directive.verb = rune_text(take_rune(rest));
    at_ = format_.size() - rest.size();
    if (directive.verb == "%") {
      out_ += '%';
    } else if (is_bad_index_) {
      out_ += "%!" + directive.verb + "(BADINDEX)";
    } else if (next_ >= arguments_.size()) {
      out_ += "%!" + directive.verb + "(MISSING)";
    } else {
      out_ += print_value(arguments_[next_++], directive);
    }
  }

  void flags(Directive& directive) {
    for (; at_ < format_.size(); ++at_) {
      const char c = format_[at_];
      if (c == '-') {
        directive.is_left = true;
        directive.is_zero = false;
      } else if (c == '0') {
        directive.is_zero = !directive.is_left;
      } else if (c == '+') {
        directive.has_sign = true;
      } else if (c == ' ') {
        directive.has_space = true;
      } else if (c == '#') {
        directive.is_sharp = true;
      } else {
        return;
      }
    }
  }

  // "[2]": which argument is next.
  void argument_index() {
    if (!is_at('[')) return;
    is_reordered_ = true;
    const std::size_t close = format_.find(']', at_);
    std::size_t at = std::exchange(at_, close == std::string::npos ? at_ + 1 : close + 1);
    ++at;
    const std::optional<std::int64_t> number = read_number(at);
    const auto count = static_cast<std::int64_t>(arguments_.size());
    if (close == std::string::npos || at != close || !number || *number < 1 || *number >= count) {
      is_bad_index_ = true;
      return;
    }
    next_ = static_cast<std::size_t>(*number);
    after_index_ = true;
  }

  // What is too wide takes the rest of the format with it, as in Go.
  std::optional<std::int64_t> read_number(std::size_t& at) const {
    const std::size_t start = at;
    std::int64_t number = 0;
    for (; at < format_.size() && std::isdigit(static_cast<unsigned char>(format_[at])) != 0; ++at)
      number = std::min(kWidest + 1, number * 10 + (format_[at] - '0'));
    if (number > kWidest) at = format_.size();
    if (at == start || number > kWidest) return std::nullopt;
    return number;
  }

  // "*": a number among the arguments.
  std::optional<std::int64_t> star() {
    ++at_;
    after_index_ = false;
    if (next_ >= arguments_.size()) return std::nullopt;
    const Value value = arguments_[next_++];
    if (!value.is_integer() || value.json().is_large()) return std::nullopt;
    const std::int64_t number = value.json().as_integer();
    return number > kWidest || number < -kWidest ? std::nullopt : std::optional(number);
  }

  void width(Directive& directive) {
    if (!is_at('*')) {
      const std::optional<std::int64_t> number = read_number(at_);
      if (number && after_index_) is_bad_index_ = true;  // "%[3]2d"
      directive.width = static_cast<std::size_t>(number.value_or(0));
      return;
    }
    const std::optional<std::int64_t> number = star();
    if (!number) out_ += "%!(BADWIDTH)";
    directive.width = static_cast<std::size_t>(std::abs(number.value_or(0)));
    if (number.value_or(0) < 0) {
      directive.is_left = true;
      directive.is_zero = false;
    }
  }

  void precision(Directive& directive) {
    if (!is_at('.')) return;
    ++at_;
    if (after_index_) is_bad_index_ = true;  // "%[3].2d"
    argument_index();
    if (!is_at('*')) {
      directive.precision = static_cast<std::size_t>(read_number(at_).value_or(0));
      return;
    }
    const std::optional<std::int64_t> number = star();
    if (!number) out_ += "%!(BADPREC)";
    if (number && *number >= 0) {
      directive.precision = static_cast<std::size_t>(*number);
    } else if (number) {
      out_ += "%!(BADPREC)";
    }
  }

  void add_surplus() {
    if (is_reordered_ || next_ >= arguments_.size()) return;
    out_ += "%!(EXTRA ";
    for (std::size_t i = next_; i < arguments_.size(); ++i) {
      if (i > next_) out_ += ", ";
      const Value value = arguments_[i];
      out_ += value.exists() ? type_of(value) + "=" + print_text(value) : "<nil>";
    }
    out_ += ')';
  }

  const std::vector<Value>& arguments_;
  const std::string& format_;
  std::string out_;
  std::size_t at_ = 0;
  std::size_t next_ = 1;
  bool after_index_ = false;
  bool is_bad_index_ = false;
  bool is_reordered_ = false;
};

}  // namespace

std::string print_formatted(const std::vector<Value>& arguments) {
  if (!arguments[0].is_string()) {
    throw base::Error(
        fmt::format("wrong type for value; expected string; got {}", type_of(arguments[0])));
  }
  return Formatting(arguments).text();
}

}  // namespace cli
