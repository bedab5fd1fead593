#include "pkg/transfer/names.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/images/short_names.hpp"
#include "pkg/sys/tty.hpp"

#include <fmt/core.h>

#include <cstdio>
#include <iterator>

#include <unistd.h>

namespace transfer {
namespace {

images::ShortNames names_of(const registry::Configuration& configuration) {
  return {.aliases = configuration.aliases, .search = configuration.search};
}

std::string read_line() {
  std::string line;
  for (int letter = std::fgetc(stdin); letter != EOF && letter != '\n'; letter = std::fgetc(stdin))
    line += static_cast<char>(letter);
  return line;
}

oci::Reference ask(const std::vector<oci::Reference>& candidates, const std::string& text) {
  fmt::print(stderr, "Which {}?\n", text);
  for (std::size_t i = 0; i < candidates.size(); ++i)
    fmt::print(stderr, "  {}  {}\n", i + 1, candidates[i].text());
  fmt::print(stderr, "Number: ");
  const auto number = base::parse_integer(base::trim(read_line()));
  if (number && *number > 0 && *number <= std::ssize(candidates)) {
    return candidates[static_cast<std::size_t>(*number) - 1];
  }
  throw base::Error(text + ": none of them was chosen");
}

[[noreturn]] void refuse_to_guess(const std::vector<oci::Reference>& candidates,
                                  const std::string& text) {
  std::string names;
  for (const oci::Reference& each : candidates)
    names += (names.empty() ? "" : ", ") + each.text();
  throw base::Error(text + ": which one: " + names +
                    "? (short-name-mode of registries.conf is enforcing)");
}

// "app" of "app:1": what an alias is for.
std::string without_tag(const std::string& text, const oci::Reference& meant) {
  const std::string rest = meant.text().substr(meant.name().size());
  return text.ends_with(rest) ? text.substr(0, text.size() - rest.size()) : text;
}

}  // namespace

registry::Configuration read_configuration(const home::Home& home) {
  registry::Configuration configuration = registry::Configuration::read(home);
  names_of(configuration).write(home);
  return configuration;
}

std::vector<oci::Reference> complete(const home::Home& home,
                                     const registry::Configuration& configuration,
                                     const std::string& text) {
  if (!images::is_short_name(text)) return {oci::Reference::parse(text)};
  const images::ShortNames names = names_of(configuration);
  if (const std::string meant = names.find_alias(text); !meant.empty()) {
    return {oci::Reference::parse(meant)};
  }
  if (configuration.search.empty()) return {oci::Reference::parse(text)};
  std::vector<oci::Reference> found;
  for (const std::string& registry : configuration.search)
    found.push_back(oci::Reference::parse(registry + "/" + text));
  if (found.size() == 1 || configuration.short_names == registry::ShortNames::TryAll) return found;
  if (!sys::is_terminal(STDIN_FILENO) || !sys::is_terminal(STDERR_FILENO)) {
    if (configuration.short_names == registry::ShortNames::Ask) refuse_to_guess(found, text);
    return found;
  }
  const oci::Reference chosen = ask(found, text);
  registry::remember_short_name(home, without_tag(text, chosen), chosen.name());
  return {chosen};
}

}  // namespace transfer
