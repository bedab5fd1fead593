#include "cmd/cli/template_token.hpp"

#include "cmd/cli/template_constant.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <utility>

namespace cli::tree {
namespace {

constexpr std::string_view kBlank = " \t\r\n";

bool is_blank(char c) {
  return kBlank.find(c) != std::string_view::npos;
}

// A letter of a name; of any language.
bool is_word(char c) {
  const auto letter = static_cast<unsigned char>(c);
  return std::isalnum(letter) != 0 || c == '_' || letter >= 0x80;
}

bool is_digit(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

// \t and \n as they are typed in a shell.
std::string unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_escape =
        text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == 't' || text[i + 1] == 'n');
    out += is_escape ? (text[++i] == 't' ? '\t' : '\n') : text[i];
  }
  return out;
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  std::vector<Piece> pieces() {
    std::vector<Piece> pieces;
    while (at_ < text_.size()) {
      const std::size_t start = at_;
      at_ = std::min(text_.find("{{", at_), text_.size());
      pieces.push_back({false, plain(start), {}, start});
      if (at_ == text_.size()) break;
      at_ += trims_left() ? 4 : 2;
      if (!skip_comment()) pieces.push_back(action());
    }
    return pieces;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw base::Error(fmt::format("template: {}: {}", place_of(text_, at_), what));
  }

  std::string_view rest() const { return text_.substr(at_); }
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  // At "{{": whether it is "{{- ".
  bool trims_left() const { return peek(2) == '-' && at_ + 3 < text_.size() && is_blank(peek(3)); }

  // The text from `start` up to here, where an action or the end is.
  std::string plain(std::size_t start) {
    std::string text = unescape(text_.substr(start, at_ - start));
    if (std::exchange(trims_next_, false)) {
      text.erase(0, std::min(text.find_first_not_of(kBlank), text.size()));
    }
    if (at_ < text_.size() && trims_left()) text.erase(text.find_last_not_of(kBlank) + 1);
    return text;
  }

  bool skip_comment() {
    if (!rest().starts_with("/*")) return false;
    const std::size_t end = text_.find("*/", at_ + 2);
    if (end == std::string_view::npos) fail("unclosed comment");
    at_ = end + 2;
    if (!take_end()) fail("comment ends before closing delimiter");
    return true;
  }

  // Takes the end of an action, if it is here.
  bool take_end() {
    trims_next_ =
        is_blank(peek()) && text_.substr(std::min(at_ + 1, text_.size())).starts_with("-}}");
    const bool is_end = trims_next_ || rest().starts_with("}}");
    if (is_end) at_ += trims_next_ ? 4 : 2;
    return is_end;
  }

  Piece action() {
    Piece piece{true, "", {}, at_};
    bool is_spaced = false;
    while (!take_end()) {
      if (at_ >= text_.size()) fail("unclosed action");
      if (is_blank(peek())) {
        is_spaced = true;
        ++at_;
        continue;
      }
      const std::size_t start = at_;
      Token token = next();
      token.at = start;
      token.end = at_;
      token.is_spaced = std::exchange(is_spaced, false);
      piece.tokens.push_back(std::move(token));
    }
    return piece;
  }

  std::string word() {
    const std::size_t start = at_;
    while (at_ < text_.size() && is_word(text_[at_]))
      ++at_;
    return std::string(text_.substr(start, at_ - start));
  }

  bool is_number() const {
    const std::size_t sign = peek() == '-' || peek() == '+' ? 1 : 0;
    return is_digit(peek(sign)) || (peek(sign) == '.' && is_digit(peek(sign + 1)));
  }

  Token next() {
    const char c = peek();
    if (is_number()) return number();
    if (c == '.') return field();
    if (c == '$') {
      ++at_;
      return named({Token::Kind::Variable, "$" + word(), {}});
    }
    if (c == '"' || c == '`' || c == '\'') return quoted(c);
    if (is_word(c)) return named({Token::Kind::Word, word(), {}});
    return sign();
  }

  // What may follow a name.
  Token named(Token token) {
    constexpr std::string_view kEnds = ".,|:)(=";
    const bool ends = at_ >= text_.size() || is_blank(peek()) ||
                      kEnds.find(peek()) != std::string_view::npos || rest().starts_with("}}");
    if (!ends) fail(fmt::format("bad character '{}'", peek()));
    if (token.kind != Token::Kind::Word) return token;
    if (token.text == "true" || token.text == "false") {
      token.kind = Token::Kind::Constant;
      token.constant = base::Json(token.text == "true");
    }
    if (token.text == "nil") token.kind = Token::Kind::Nil;
    return token;
  }

  Token field() {
    ++at_;
    std::string name = word();
    const auto kind = name.empty() ? Token::Kind::Dot : Token::Kind::Field;
    return named({kind, std::move(name), {}});
  }

  Token number() {
    const std::size_t start = at_++;
    const bool is_decimal = text_.substr(start).find_first_of("xX") != start + 1;
    const auto is_exponent = [&](char c) { return is_decimal && (c == 'e' || c == 'E'); };
    while (is_word(peek()) || peek() == '.' ||
           ((peek() == '-' || peek() == '+') && is_exponent(text_[at_ - 1])))
      ++at_;
    return constant(start, number_constant);
  }

  Token quoted(char quote) {
    const std::size_t start = at_;
    for (++at_; peek() != quote; ++at_) {
      const bool is_escape = quote != '`' && peek() == '\\' && peek(1) != '\n';
      if (is_escape) ++at_;
      if (at_ >= text_.size() || (quote != '`' && peek() == '\n')) {
        fail(quote == '\'' ? "unterminated character constant" : "unterminated quoted string");
      }
    }
    ++at_;
    return quote == '\'' ? constant(start, character_constant) : constant(start, string_constant);
  }

  template <typename Read>
  Token constant(std::size_t start, Read read) {
    const std::string_view literal = text_.substr(start, at_ - start);
    try {
      return {Token::Kind::Constant, std::string(literal), base::Json(read(literal))};
    } catch (const base::Error& error) {
      fail(error.what());
    }
  }

  Token sign() {
    const char c = peek();
    ++at_;
    if (c == ':' && peek() == '=') {
      ++at_;
      return {Token::Kind::Sign, ":=", {}};
    }
    if (std::string_view("|(),=").find(c) == std::string_view::npos) {
      fail(fmt::format("unexpected \"{}\" in command", c));
    }
    return {Token::Kind::Sign, std::string(1, c), {}};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool trims_next_ = false;
};

}  // namespace

std::vector<Piece> split_template(std::string_view text) {
  return Lexer(text).pieces();
}

std::string place_of(std::string_view text, std::size_t at) {
  const std::string_view before = text.substr(0, at);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::size_t start = before.rfind('\n');
  const std::size_t column =
      start == std::string_view::npos ? before.size() : before.size() - start - 1;
  return fmt::format("{}:{}", line, column);
}

}  // namespace cli::tree
