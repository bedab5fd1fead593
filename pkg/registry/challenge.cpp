// A WWW-Authenticate field holds a list of challenges, each of which holds a list of parameters,
// and both lists are separated by commas: only what follows a word tells whether it is a scheme (a
// word or the end) or a parameter ("=").
#include "pkg/registry/challenge.hpp"

#include "pkg/base/text.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <utility>

namespace registry {
namespace {

bool is_token_letter(char letter) {  // RFC 9110, section 5.6.2
  return std::isalnum(static_cast<unsigned char>(letter)) != 0 ||
         std::string_view("!#$%&'*+-.^_`|~").find(letter) != std::string_view::npos;
}

class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }

  void skip(std::string_view letters) {
    const std::size_t count = rest_.find_first_not_of(letters);
    rest_.remove_prefix(count == std::string_view::npos ? rest_.size() : count);
  }

  bool take(char letter) {
    if (rest_.empty() || rest_.front() != letter) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void drop_one() { rest_.remove_prefix(1); }

  std::string word() {
    std::size_t size = 0;
    while (size < rest_.size() && is_token_letter(rest_[size]))
      ++size;
    std::string taken(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return taken;
  }

  // What follows "=": a quoted string, or anything up to the next comma or blank.
  std::string value() {
    if (take('"')) return quoted();
    const std::size_t size = std::min(rest_.find_first_of(", \t"), rest_.size());
    std::string taken(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return taken;
  }

 private:
  std::string quoted() {
    std::string text;
    while (!rest_.empty() && !take('"')) {
      if (take('\\') && rest_.empty()) break;
      text += rest_.front();
      rest_.remove_prefix(1);
    }
    return text;
  }

  std::string_view rest_;
};

}  // namespace

std::string Challenge::parameter(const std::string& name) const {
  const auto found = parameters.find(name);
  return found == parameters.end() ? "" : found->second;
}

std::vector<Challenge> parse_challenges(std::string_view field) {
  std::vector<Challenge> challenges;
  Scanner scanner(field);
  for (scanner.skip(" \t,"); !scanner.at_end(); scanner.skip(" \t,")) {
    const std::string word = base::lower(scanner.word());
    if (word.empty()) {
      scanner.drop_one();
      continue;
    }
    scanner.skip(" \t");
    if (!scanner.take('=')) {
      challenges.push_back({.scheme = word, .parameters = {}});
      continue;
    }
    scanner.skip(" \t");
    std::string value = scanner.value();
    if (!challenges.empty()) challenges.back().parameters.emplace(word, std::move(value));
  }
  return challenges;
}

}  // namespace registry
