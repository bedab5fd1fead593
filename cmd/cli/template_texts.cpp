#include "cmd/cli/template_functions.hpp"
#include "cmd/cli/template_print.hpp"
#include "cmd/cli/template_rune.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <iterator>

namespace cli {
namespace {

using base::Json;

constexpr std::int64_t kWidest = 1'000'000;  // as printf's

Json to_json(const Arguments& arguments) {
  return arguments[0].exists() ? without_methods(arguments[0]).dump() : "null";
}

Json to_pretty_json(const Arguments& arguments) {
  return arguments[0].exists() ? without_methods(arguments[0]).dump(4) : "null";
}

Json join(const Arguments& arguments) {
  const Value list = arguments[0];
  std::vector<std::string> parts;
  if (!list.is_nil() && type_of(list) != "[]string") {
    throw base::Error(
        fmt::format("wrong type for value; expected []string; got {}", type_of(list)));
  }
  if (list.is_array()) parts = list.json().as_strings();
  return base::join(parts, text_of(arguments[1]));
}

Json split(const Arguments& arguments) {
  std::string_view rest = text_of(arguments[0]);
  const std::string& separator = text_of(arguments[1]);
  std::vector<std::string> parts;
  while (separator.empty() && !rest.empty())
    parts.push_back(rune_text(take_rune(rest)));
  if (separator.empty()) return parts;
  for (std::size_t at = rest.find(separator); at != std::string_view::npos;
       at = rest.find(separator)) {
    parts.emplace_back(rest.substr(0, at));
    rest.remove_prefix(at + separator.size());
  }
  parts.emplace_back(rest);
  return parts;
}

Json lower(const Arguments& arguments) {
  return base::lower(text_of(arguments[0]));
}
Json upper(const Arguments& arguments) {
  return base::upper(text_of(arguments[0]));
}

Json title(const Arguments& arguments) {
  std::string text = text_of(arguments[0]);
  bool is_first = true;
  for (char& c : text) {
    const auto letter = static_cast<unsigned char>(c);
    if (is_first) c = static_cast<char>(std::toupper(letter));
    is_first = std::isalnum(letter) == 0 && c != '_' && letter < 0x80;
  }
  return text;
}

// `pad .Name 1 2` puts so many spaces before and behind, unless the text is empty.
Json pad(const Arguments& arguments) {
  const std::string& text = text_of(arguments[0]);
  const auto spaces = [](Value count) {
    const std::int64_t wanted = integer_of(count);
    if (wanted < 0 || wanted > kWidest) throw base::Error(fmt::format("{} spaces", wanted));
    return std::string(static_cast<std::size_t>(wanted), ' ');
  };
  return text.empty() ? text : spaces(arguments[1]) + text + spaces(arguments[2]);
}

Json truncate(const Arguments& arguments) {
  const std::int64_t most = integer_of(arguments[1]);
  if (most < 0) throw base::Error(fmt::format("{}: expected no negative number", most));
  return text_of(arguments[0]).substr(0, static_cast<std::size_t>(most));
}

// Go's Sprint: a space between two arguments when neither is a string.
std::string printed(const Arguments& arguments) {
  std::string text;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const bool is_apart = i > 0 && !arguments[i - 1].is_string() && !arguments[i].is_string();
    if (is_apart) text += ' ';
    text += print_value(arguments[i], {});
  }
  return text;
}

Json print(const Arguments& arguments) {
  return printed(arguments);
}

Json print_line(const Arguments& arguments) {
  std::vector<std::string> parts;
  for (const Value value : arguments)
    parts.push_back(print_value(value, {}));
  return base::join(parts, " ") + "\n";
}

Json format(const Arguments& arguments) {
  return print_formatted(arguments);
}

// What html, js and urlquery make their text of; what is not there is a text to them.
std::string text_of_all(Arguments arguments) {
  static const Json kMissing("<no value>");
  for (Value& argument : arguments)
    if (!argument.exists()) argument = Value(kMissing);
  return printed(arguments);
}

struct Escape {
  char character;
  std::string_view text;
};

template <std::size_t N, typename Other>
std::string escaped(const std::string& text, const Escape (&escapes)[N], Other other) {
  std::string out;
  for (const char c : text) {
    const Escape* const found =
        std::find_if(std::begin(escapes), std::end(escapes),
                     [&](const Escape& each) { return each.character == c; });
    out += found == std::end(escapes) ? other(c) : std::string(found->text);
  }
  return out;
}

Json html(const Arguments& arguments) {
  constexpr Escape kEscapes[] = {{'\0', "\uFFFD"}, {'"', "&#34;"}, {'\'', "&#39;"},
                                 {'&', "&amp;"},   {'<', "&lt;"},  {'>', "&gt;"}};
  return escaped(text_of_all(arguments), kEscapes, [](char c) { return std::string(1, c); });
}

Json script(const Arguments& arguments) {
  constexpr Escape kEscapes[] = {{'\\', "\\\\"},   {'\'', "\\'"},    {'"', "\\\""},
                                 {'<', "\\u003C"}, {'>', "\\u003E"}, {'&', "\\u0026"},
                                 {'=', "\\u003D"}};
  return escaped(text_of_all(arguments), kEscapes, [](char c) {
    const auto letter = static_cast<unsigned char>(c);
    return letter < 0x20 ? fmt::format("\\u{:04X}", letter) : std::string(1, c);
  });
}

Json url_query(const Arguments& arguments) {
  constexpr Escape kEscapes[] = {{' ', "+"}};
  return escaped(text_of_all(arguments), kEscapes, [](char c) {
    const auto letter = static_cast<unsigned char>(c);
    const bool is_plain = letter < 0x80 && (std::isalnum(letter) != 0 ||
                                            std::string_view("-_.~").find(c) != std::string::npos);
    return is_plain ? std::string(1, c) : fmt::format("%{:02X}", letter);
  });
}

constexpr Function kFunctions[] = {
    {"json", to_json, 1, 1},
    {"prettyjson", to_pretty_json, 1, 1},
    {"join", join, 2, 2},
    {"split", split, 2, 2},
    {"lower", lower, 1, 1},
    {"upper", upper, 1, 1},
    {"title", title, 1, 1},
    {"pad", pad, 3, 3},
    {"truncate", truncate, 2, 2},
    {"print", print, 0, kAnyNumber},
    {"println", print_line, 0, kAnyNumber},
    {"printf", format, 1, kAnyNumber},
    {"html", html, 0, kAnyNumber},
    {"js", script, 0, kAnyNumber},
    {"urlquery", url_query, 0, kAnyNumber},
};

}  // namespace

const Function* find_text_function(std::string_view name) {
  const auto* const found = std::find_if(std::begin(kFunctions), std::end(kFunctions),
                                         [&](const Function& each) { return each.name == name; });
  return found == std::end(kFunctions) ? nullptr : found;
}

}  // namespace cli
