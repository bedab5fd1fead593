#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace cli {

// A command line behind the program's name.
struct Arguments {
  std::string command;             // "kill", "container ls": for messages and the help
  std::vector<std::string> words;  // what follows it
  std::string program = "pod";     // for the help
};

// The options of one command: declared, then parsed, in the manner of Go's pflag, whose habits
// users of the peers have: -it, -p8080:80, -p=8080:80, --name=web, --name web, --tty=false, "--"
// ends the options. Targets keep their value unless the option is typed. `names` is "-s,--signal",
// with further long names as aliases; it must be a literal, for it is kept as a view.
class Options {
 public:
  // `summary` is the command's one line in the help.
  explicit Options(std::string_view summary) : summary_(summary) {}

  Options& flag(std::string_view names, bool& target, std::string_view help);
  Options& flag(std::string_view names, std::optional<bool>& target, std::string_view help);

  // Given twice, the later value counts.
  Options& value(std::string_view names, std::string& target, std::string_view help);
  Options& value(std::string_view names, std::optional<std::string>& target, std::string_view help);
  Options& value(std::string_view names, std::int64_t& target, std::string_view help);
  Options& value(std::string_view names, std::optional<std::int64_t>& target,
                 std::string_view help);
  Options& value(std::string_view names, double& target, std::string_view help);

  // Repeatable: the values as typed; or each also a comma-separated list (quotes as in CSV).
  Options& values(std::string_view names, std::vector<std::string>& target, std::string_view help);
  Options& list(std::string_view names, std::vector<std::string>& target, std::string_view help);

  // Not shown in the help: the option declared last.
  Options& hidden();
  // Taken for the peers' sake and without any effect, as their manuals say of them.
  Options& ignore_flags(std::string_view names);
  Options& ignore_values(std::string_view names);
  // The peers have it and we do not: refused by name, so that nothing is silently left out.
  Options& refuse(std::string_view names, std::string_view why = "not supported yet");

  // What stands between the options, in this order.
  Options& argument(std::string_view name, std::string& target);
  Options& argument(std::string_view name, std::optional<std::string>& target);
  Options& rest(std::string_view name, std::vector<std::string>& target, std::size_t at_least = 0);
  // Everything from the first argument on belongs to it: `run IMAGE ls -l`.
  Options& stop_at_argument();

  // Throws base::Error with status 125, "kill: --sgnal: unknown option, did you mean --signal?".
  // Shows the help on --help (and on -h, unless that means something else here) and ends.
  void parse(const Arguments& arguments);

  // Whether the option (its long name: "--time") was typed. After parse.
  bool is_given(std::string_view name) const;

  std::string help(std::string_view command, std::string_view program = "pod") const;

 private:
  using Target = std::variant<std::monostate, bool*, std::optional<bool>*, std::string*,
                              std::optional<std::string>*, std::int64_t*,
                              std::optional<std::int64_t>*, double*, std::vector<std::string>*>;
  enum class Kind { Flag, Value, Values, List, IgnoredFlag, IgnoredValue, Refused };
  struct Option {
    std::string_view names;
    std::string_view help;
    Kind kind = Kind::Flag;
    Target target;
    bool is_hidden = false;

    bool takes_value() const;
    bool has_name(std::string_view name) const;
    std::string_view long_name() const;  // the first one
    std::string synopsis() const;        // "-s, --signal string"
    std::string default_text() const;
  };
  struct Argument {
    std::string_view name;
    std::variant<std::string*, std::optional<std::string>*, std::vector<std::string>*> target;
    std::size_t at_least = 1;
  };
  // A command line taken apart: options with a value each, and what stood between them.
  struct Words {
    std::vector<std::pair<const Option*, std::string>> options;
    std::vector<std::string> arguments;
  };

  Options& add(std::string_view names, Kind kind, Target target, std::string_view help);
  const Option* find(std::string_view name) const;
  const Option& known(std::string_view name) const;
  Words take_apart(const std::vector<std::string>& words) const;
  std::size_t take_long(const std::vector<std::string>& words, std::size_t at, Words& out) const;
  std::size_t take_short(const std::vector<std::string>& words, std::size_t at, Words& out) const;
  void store_options(const Words& words);
  void store_arguments(const std::vector<std::string>& arguments);
  void print_names() const;

  std::string_view summary_;
  std::vector<Option> options_;
  std::vector<Argument> arguments_;
  std::vector<std::string_view> given_;
  bool stops_at_argument_ = false;
};

// The parts of a comma-separated value; a part in double quotes may hold commas ("" is a quote).
std::vector<std::string> split_csv(std::string_view text);

}  // namespace cli
