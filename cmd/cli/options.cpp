// The only door of CLI11.
//
// Two things stand between CLI11 and what users of the peers type. Its grammar differs from Go's
// pflag in corners that matter ("--entrypoint=" is an empty value, "[a]" is no list, options end at
// the image's name), so a command line is first taken apart into options with one value each. And
// building an option costs it a microsecond or two, of which `run` has over a hundred, so only the
// options that were typed are built.
#include "cmd/cli/options.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <type_traits>
#include <utility>

namespace cli {
namespace {

// The hidden question that shell completion asks a command: your options, one a line.
constexpr std::string_view kListOptions = "--list-options";

bool parse_flag(const std::string& text) {
  const std::optional<bool> value = base::parse_bool(text);
  if (!value) throw base::Error(fmt::format("{}: expected true or false", text));
  return *value;
}

std::int64_t parse_whole(const std::string& text) {
  const std::optional<std::int64_t> value = base::parse_integer(text);
  if (!value) throw base::Error(fmt::format("{}: expected a whole number", text));
  return *value;
}

double parse_decimal(const std::string& text) {
  const std::optional<double> value = base::parse_number(text);
  if (!value) throw base::Error(fmt::format("{}: expected a number", text));
  return *value;
}

// Puts typed values where the command wants them.
struct Store {
  const std::vector<std::string>& typed;
  bool is_list = false;

  void operator()(std::monostate) const {}
  void operator()(bool* target) const { *target = parse_flag(typed.back()); }
  void operator()(std::optional<bool>* target) const { *target = parse_flag(typed.back()); }
  void operator()(std::string* target) const { *target = typed.back(); }
  void operator()(std::optional<std::string>* target) const { *target = typed.back(); }
  void operator()(std::int64_t* target) const { *target = parse_whole(typed.back()); }
  void operator()(std::optional<std::int64_t>* target) const {
    *target = parse_whole(typed.back());
  }
  void operator()(double* target) const { *target = parse_decimal(typed.back()); }
  void operator()(std::vector<std::string>* target) const {
    for (const std::string& value : typed) {
      const std::vector<std::string> parts = is_list ? split_csv(value) : std::vector{value};
      target->insert(target->end(), parts.begin(), parts.end());
    }
  }
};

// What a value is called in the help.
struct TypeName {
  template <typename Target>
  std::string_view operator()(const Target& /*target*/) const {
    using std::is_same_v;
    if constexpr (is_same_v<Target, bool*> || is_same_v<Target, std::optional<bool>*>) return "";
    if constexpr (is_same_v<Target, std::int64_t*> ||
                  is_same_v<Target, std::optional<std::int64_t>*>) {
      return "int";
    }
    if constexpr (is_same_v<Target, double*>) return "number";
    if constexpr (is_same_v<Target, std::vector<std::string>*>) return "strings";
    return "string";
  }
};

// What holds when the option is not typed, where that is worth a word.
struct DefaultText {
  template <typename Target>
  std::string operator()(const Target& target) const {
    using std::is_same_v;
    if constexpr (is_same_v<Target, bool*>) return *target ? "true" : "";
    if constexpr (is_same_v<Target, std::string*>) {
      return target->empty() ? "" : "\"" + *target + "\"";
    }
    if constexpr (is_same_v<Target, std::int64_t*>) {
      return *target == 0 ? "" : std::to_string(*target);
    }
    return "";
  }
};

template <typename Each>
void for_each_name(std::string_view names, Each each) {
  while (!names.empty()) {
    const std::size_t comma = names.find(',');
    each(names.substr(0, comma));
    names = comma == std::string_view::npos ? std::string_view() : names.substr(comma + 1);
  }
}

}  // namespace

std::vector<std::string> split_csv(std::string_view text) {
  std::vector<std::string> parts(1);
  bool is_quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"' && is_quoted && text.substr(i + 1).starts_with('"')) {
      parts.back() += text[++i];
    } else if (c == '"' && (is_quoted || parts.back().empty())) {
      is_quoted = !is_quoted;
    } else if (c == ',' && !is_quoted) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  if (is_quoted) throw base::Error(fmt::format("{}: a quote is not closed", text));
  return parts;
}

bool Options::Option::takes_value() const {
  return kind == Kind::Value || kind == Kind::Values || kind == Kind::List ||
         kind == Kind::IgnoredValue;
}

bool Options::Option::has_name(std::string_view name) const {
  bool found = false;
  for_each_name(names, [&](std::string_view each) { found = found || each == name; });
  return found;
}

std::string_view Options::Option::long_name() const {
  std::string_view first;
  for_each_name(names, [&](std::string_view each) {
    if (first.empty() && each.starts_with("--")) first = each;
  });
  return first.empty() ? names.substr(0, names.find(',')) : first;
}

std::string Options::Option::synopsis() const {
  std::string text = names.starts_with("--") ? "    " : "";
  for_each_name(names, [&](std::string_view each) {
    if (!base::trim(text).empty()) text += ", ";
    text += each;
  });
  const std::string_view type = std::visit(TypeName(), target);
  return type.empty() ? text : text + " " + std::string(type);
}

std::string Options::Option::default_text() const {
  return std::visit(DefaultText(), target);
}

Options& Options::add(std::string_view names, Kind kind, Target target, std::string_view help) {
  options_.push_back({names, help, kind, target, false});
  return *this;
}

Options& Options::flag(std::string_view names, bool& target, std::string_view help) {
  return add(names, Kind::Flag, &target, help);
}

Options& Options::flag(std::string_view names, std::optional<bool>& target, std::string_view help) {
  return add(names, Kind::Flag, &target, help);
}

Options& Options::value(std::string_view names, std::string& target, std::string_view help) {
  return add(names, Kind::Value, &target, help);
}

Options& Options::value(std::string_view names, std::optional<std::string>& target,
                        std::string_view help) {
  return add(names, Kind::Value, &target, help);
}

Options& Options::value(std::string_view names, std::int64_t& target, std::string_view help) {
  return add(names, Kind::Value, &target, help);
}

Options& Options::value(std::string_view names, std::optional<std::int64_t>& target,
                        std::string_view help) {
  return add(names, Kind::Value, &target, help);
}

Options& Options::value(std::string_view names, double& target, std::string_view help) {
  return add(names, Kind::Value, &target, help);
}

Options& Options::values(std::string_view names, std::vector<std::string>& target,
                         std::string_view help) {
  return add(names, Kind::Values, &target, help);
}

Options& Options::list(std::string_view names, std::vector<std::string>& target,
                       std::string_view help) {
  return add(names, Kind::List, &target, help);
}

Options& Options::hidden() {
  options_.back().is_hidden = true;
  return *this;
}

Options& Options::ignore_flags(std::string_view names) {
  for_each_name(names, [&](std::string_view name) {
    add(name, Kind::IgnoredFlag, std::monostate(), "").hidden();
  });
  return *this;
}

Options& Options::ignore_values(std::string_view names) {
  for_each_name(names, [&](std::string_view name) {
    add(name, Kind::IgnoredValue, std::monostate(), "").hidden();
  });
  return *this;
}

Options& Options::refuse(std::string_view names, std::string_view why) {
  return add(names, Kind::Refused, std::monostate(), why).hidden();
}

Options& Options::argument(std::string_view name, std::string& target) {
  arguments_.push_back({name, &target, 1});
  return *this;
}

Options& Options::argument(std::string_view name, std::optional<std::string>& target) {
  arguments_.push_back({name, &target, 0});
  return *this;
}

Options& Options::rest(std::string_view name, std::vector<std::string>& target,
                       std::size_t at_least) {
  arguments_.push_back({name, &target, at_least});
  return *this;
}

Options& Options::stop_at_argument() {
  stops_at_argument_ = true;
  return *this;
}

const Options::Option* Options::find(std::string_view name) const {
  const auto found = std::find_if(options_.begin(), options_.end(),
                                  [&](const Option& option) { return option.has_name(name); });
  return found == options_.end() ? nullptr : &*found;
}

const Options::Option& Options::known(std::string_view name) const {
  const Option* option = find(name);
  if (option == nullptr) {
    std::vector<std::string> names;
    for (const Option& each : options_)
      for_each_name(each.names, [&](std::string_view one) {
        if (one.starts_with("--") && !each.is_hidden) names.emplace_back(one);
      });
    const std::optional<std::string> near = base::suggest(name, names);
    throw base::Error(
        fmt::format("{}: unknown option{}", name, near ? ", did you mean " + *near + "?" : ""));
  }
  if (option->kind == Kind::Refused) throw base::Error(fmt::format("{}: {}", name, option->help));
  return *option;
}

std::size_t Options::take_long(const std::vector<std::string>& words, std::size_t at,
                               Words& out) const {
  const auto [name, value] = base::split_once(words[at], '=');
  const Option& option = known(name);
  if (value || !option.takes_value()) {
    out.options.emplace_back(&option, value.value_or("true"));
    return at;
  }
  if (at + 1 == words.size()) throw base::Error(fmt::format("{}: needs a value", name));
  out.options.emplace_back(&option, words[at + 1]);
  return at + 1;
}

// A cluster: flags, of which the last may be an option whose value follows.
std::size_t Options::take_short(const std::vector<std::string>& words, std::size_t at,
                                Words& out) const {
  const std::string& word = words[at];
  for (std::size_t i = 1; i < word.size(); ++i) {
    const std::string name = {'-', word[i]};
    const Option& option = known(name);
    const bool has_equals = word.substr(i + 1).starts_with('=');
    if (!option.takes_value() && !has_equals) {
      out.options.emplace_back(&option, "true");
      continue;
    }
    if (i + 1 < word.size()) {
      out.options.emplace_back(&option, word.substr(i + (has_equals ? 2 : 1)));
      return at;
    }
    if (at + 1 == words.size()) throw base::Error(fmt::format("{}: needs a value", name));
    out.options.emplace_back(&option, words[at + 1]);
    return at + 1;
  }
  return at;
}

Options::Words Options::take_apart(const std::vector<std::string>& words) const {
  Words out;
  for (std::size_t at = 0; at < words.size(); ++at) {
    const std::string& word = words[at];
    const bool is_option = word.size() > 1 && word.starts_with('-');
    if (is_option && word != "--") {
      at = word.starts_with("--") ? take_long(words, at, out) : take_short(words, at, out);
      continue;
    }
    if (word != "--") out.arguments.push_back(word);
    if (word != "--" && !stops_at_argument_) continue;
    out.arguments.insert(out.arguments.end(), words.begin() + static_cast<std::ptrdiff_t>(at) + 1,
                         words.end());
    break;
  }
  return out;
}

void Options::store_options(const Words& words) {
  CLI::App app;
  app.set_help_flag();
  std::vector<std::pair<const Option*, CLI::Option*>> built;
  std::vector<std::string> line;
  for (const auto& [option, value] : words.options) {
    const std::string name(option->long_name());
    line.push_back(name);
    line.push_back(value);
    if (is_given(name)) continue;
    given_.push_back(option->long_name());
    CLI::Option* made =
        app.add_option(name)->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    built.emplace_back(option, made);
  }
  std::reverse(line.begin(), line.end());  // as CLI11 wants a vector
  try {
    app.parse(line);
  } catch (const CLI::Error& error) {
    throw base::Error(error.what());
  }
  for (const auto& [option, made] : built) {
    try {
      std::visit(Store{made->results(), option->kind == Kind::List}, option->target);
    } catch (base::Error& error) {
      error.during(option->long_name());
      throw;
    }
  }
}

void Options::store_arguments(const std::vector<std::string>& arguments) {
  std::size_t next = 0;
  for (const Argument& argument : arguments_) {
    if (arguments.size() - next < argument.at_least) {
      throw base::Error(fmt::format("{} is missing", argument.name));
    }
    if (auto* const* all = std::get_if<std::vector<std::string>*>(&argument.target)) {
      (*all)->assign(arguments.begin() + static_cast<std::ptrdiff_t>(next), arguments.end());
      return;
    }
    if (next == arguments.size()) return;
    if (auto* const* one = std::get_if<std::string*>(&argument.target)) **one = arguments[next];
    if (auto* const* one = std::get_if<std::optional<std::string>*>(&argument.target)) {
      **one = arguments[next];
    }
    ++next;
  }
  if (next < arguments.size()) {
    throw base::Error(fmt::format("{}: one argument too many", arguments[next]));
  }
}

void Options::print_names() const {
  for (const Option& option : options_) {
    if (!option.is_hidden) fmt::print("{}\t{}\n", option.long_name(), option.help);
  }
  fmt::print("--help\tShow this help\n");
}

void Options::parse(const Arguments& arguments) try {
  if (arguments.words.size() == 1 && arguments.words.front() == kListOptions) {
    print_names();
    std::exit(0);  // NOLINT(concurrency-mt-unsafe): nothing has begun yet
  }
  bool wants_help = false;
  flag(find("-h") == nullptr ? "-h,--help" : "--help", wants_help, "Show this help").hidden();
  const Words words = take_apart(arguments.words);
  store_options(words);
  if (wants_help) {
    fmt::print("{}", help(arguments.command, arguments.program));
    std::exit(0);  // NOLINT(concurrency-mt-unsafe): nothing has begun yet
  }
  options_.pop_back();
  store_arguments(words.arguments);
} catch (base::Error& error) {
  if (!arguments.command.empty()) error.during(arguments.command);
  throw;
}

bool Options::is_given(std::string_view name) const {
  return std::find(given_.begin(), given_.end(), name) != given_.end();
}

std::string Options::help(std::string_view command, std::string_view program) const {
  std::string usage;
  for (const Argument& argument : arguments_) {
    const bool many = std::holds_alternative<std::vector<std::string>*>(argument.target);
    const std::string name = std::string(argument.name) + (many ? "..." : "");
    usage += argument.at_least == 0 ? " [" + name + "]" : " " + name;
  }
  std::string text = fmt::format("{}\n\nUsage:\n  {} {}{}[options]{}\n\nOptions:\n", summary_,
                                 program, command, command.empty() ? "" : " ", usage);

  std::vector<std::pair<std::string, std::string>> lines;
  for (const Option& option : options_) {
    if (option.is_hidden) continue;
    const std::string otherwise = option.default_text();
    lines.emplace_back(
        option.synopsis(),
        std::string(option.help) + (otherwise.empty() ? "" : " (default " + otherwise + ")"));
  }
  lines.emplace_back(
      find("-h") == nullptr || find("-h")->has_name("--help") ? "-h, --help" : "    --help",
      "Show this help");
  std::size_t width = 0;
  for (const auto& [synopsis, about] : lines)
    width = std::max(width, synopsis.size());
  for (const auto& [synopsis, about] : lines)
    text += fmt::format("  {:<{}}   {}\n", synopsis, width, about);
  return text;
}

}  // namespace cli
