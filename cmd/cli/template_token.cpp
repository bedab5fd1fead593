#include "cmd/cli/template_token.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"

#include <fmt/core.h>

#include <cctype>
#include <utility>

namespace cli::tree {
namespace {

constexpr std::string_view kBlank = " \t\r\n";

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

[[noreturn]] void fail(std::string_view what) {
  throw base::Error(fmt::format("template: {}", what));
}

char escaped(char c) {
  constexpr std::string_view kFrom = "abfnrtv\\'\"";
  constexpr std::string_view kTo = "\a\b\f\n\r\t\v\\'\"";
  const std::size_t at = kFrom.find(c);
  if (at == std::string_view::npos) fail(fmt::format("unknown escape \\{}", c));
  return kTo[at];
}

// The words of one action.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  std::vector<Token> tokens() {
    std::vector<Token> tokens;
    while (true) {
      const std::size_t start = at_;
      while (at_ < text_.size() && kBlank.find(text_[at_]) != std::string_view::npos)
        ++at_;
      if (at_ == text_.size()) return tokens;
      const bool is_spaced = at_ != start;
      tokens.push_back(next());
      tokens.back().is_spaced = is_spaced;
    }
  }

 private:
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  std::string word() {
    const std::size_t start = at_;
    while (at_ < text_.size() && is_word(text_[at_]))
      ++at_;
    return std::string(text_.substr(start, at_ - start));
  }

  Token next() {
    const char c = peek();
    const bool is_digit = std::isdigit(static_cast<unsigned char>(c)) != 0;
    const bool has_digit = std::isdigit(static_cast<unsigned char>(peek(1))) != 0;
    if (is_digit || ((c == '-' || c == '+' || c == '.') && has_digit)) return number();
    if (c == '.') return field();
    if (c == '$') {
      ++at_;
      return {Token::Kind::Variable, "$" + word(), {}, false};
    }
    if (c == '"' || c == '`' || c == '\'') return quoted(c);
    if (is_word(c)) return named();
    return sign();
  }

  Token field() {
    ++at_;
    const std::string name = word();
    return {name.empty() ? Token::Kind::Dot : Token::Kind::Field, name, {}, false};
  }

  Token named() {
    std::string name = word();
    if (name == "true" || name == "false") return constant(base::Json(name == "true"));
    if (name == "nil") return constant(base::Json());
    return {Token::Kind::Word, std::move(name), {}, false};
  }

  Token number() {
    const std::size_t start = at_++;
    while (is_word(peek()) || peek() == '.')
      ++at_;
    std::string_view text = text_.substr(start, at_ - start);
    if (text.starts_with('+')) text.remove_prefix(1);
    if (const auto whole = base::parse_integer(text)) return constant(base::Json(*whole));
    if (const auto decimal = base::parse_number(text)) return constant(base::Json(*decimal));
    fail(fmt::format("{}: not a number", text));
  }

  Token quoted(char quote) {
    std::string value;
    for (++at_; peek() != quote; ++at_) {
      if (at_ >= text_.size()) fail("a quote is not closed");
      if (peek() == '\\' && quote != '`') {
        value += escaped(peek(1));
        ++at_;
      } else {
        value += peek();
      }
    }
    ++at_;
    if (quote != '\'') return constant(base::Json(std::move(value)));
    if (value.size() != 1) fail(fmt::format("'{}': not one character", value));
    return constant(base::Json(static_cast<int>(static_cast<unsigned char>(value[0]))));
  }

  Token sign() {
    const char c = peek();
    ++at_;
    if (c == ':' && peek() == '=') {
      ++at_;
      return {Token::Kind::Sign, ":=", {}, false};
    }
    if (std::string_view("|(),=").find(c) == std::string_view::npos) {
      fail(fmt::format("unexpected {} in {{{{{}}}}}", c, text_));
    }
    return {Token::Kind::Sign, std::string(1, c), {}, false};
  }

  static Token constant(base::Json value) {
    return {Token::Kind::Constant, "", std::move(value), false};
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

// Where the action that starts at the beginning of `text` ends: the place of its }}.
std::size_t find_end(std::string_view text) {
  char quote = '\0';
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    const char c = text[i];
    if (quote != '\0') {
      if (c == '\\' && quote != '`') ++i;
      if (c == quote) quote = '\0';
    } else if (c == '"' || c == '`' || c == '\'') {
      quote = c;
    } else if (text.substr(i).starts_with("}}")) {
      return i;
    }
  }
  fail("{{ is not closed");
}

std::string unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_escape =
        text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == 't' || text[i + 1] == 'n');
    out += is_escape ? escaped(text[++i]) : text[i];
  }
  return out;
}

std::string_view trim_left(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlank);
  return first == std::string_view::npos ? std::string_view() : text.substr(first);
}

bool is_comment(std::string_view action) {
  action = base::trim(action);
  return action.starts_with("/*") && action.ends_with("*/");
}

}  // namespace

std::vector<Piece> split_template(std::string_view text) {
  std::vector<Piece> pieces;
  bool trims_next = false;
  while (!text.empty()) {
    const std::size_t open = text.find("{{");
    std::string plain = unescape(text.substr(0, open));
    if (trims_next) plain = std::string(trim_left(plain));
    if (open == std::string_view::npos) {
      pieces.push_back({false, std::move(plain), {}});
      return pieces;
    }
    text.remove_prefix(open + 2);
    if (text.size() > 1 && text[0] == '-' && kBlank.find(text[1]) != std::string_view::npos) {
      plain.erase(plain.find_last_not_of(kBlank) + 1);
      text.remove_prefix(2);
    }
    const std::size_t end = find_end(text);
    std::string_view action = text.substr(0, end);
    text.remove_prefix(end + 2);
    trims_next = action.ends_with('-') && action.size() > 1 &&
                 kBlank.find(action[action.size() - 2]) != std::string_view::npos;
    if (trims_next) action.remove_suffix(1);
    pieces.push_back({false, std::move(plain), {}});
    if (!is_comment(action)) pieces.push_back({true, "", Lexer(action).tokens()});
  }
  return pieces;
}

}  // namespace cli::tree
