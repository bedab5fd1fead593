#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "pkg/images/catalog.hpp"
#include "pkg/images/ensure.hpp"
#include "pkg/pods/pod.hpp"
#include "storage/secret_store.hpp"
#include "storage/volume_store.hpp"

#include <fmt/core.h>

#include <map>

namespace pod {
namespace {

// One line a candidate: the word, a tab, what it is.
std::string line(std::string_view word, std::string_view about) {
  return fmt::format("{}\t{}\n", word, about);
}

// The first words of commands, or the second words of a group.
std::string command_names(const std::string& group, const std::string& begun) {
  const std::string prefix = group.empty() ? "" : group + " ";
  std::map<std::string, std::string_view> found;
  const auto offer = [&](std::string_view name, std::string_view about) {
    if (!name.starts_with(prefix)) return;
    const std::string rest(name.substr(prefix.size()));
    const std::size_t space = rest.find(' ');
    const std::string word = rest.substr(0, space);
    if (!word.starts_with(begun)) return;
    found.emplace(word, space == std::string::npos ? about : "Commands about one kind of thing");
  };
  for (const Command& command : commands())
    if (!command.summary.empty()) offer(command.name, command.summary);
  for (const Alias& alias : aliases())
    offer(alias.name, find_command({std::string(alias.command)}).command->summary);
  std::string out;
  for (const auto& [word, about] : found)
    out += line(word, about);
  return out;
}

std::string container_names(const home::Home& home, bool running_only) {
  std::string out;
  for (const containers::Container& each : containers::list(home)) {
    const containers::State state = containers::state_of(home, each);
    if (!running_only || state.is_running()) out += line(each.name, each.image_name);
  }
  return out;
}

std::string pod_names(const home::Home& home) {
  std::string out;
  for (const pods::Pod& each : pods::list(home))
    out += line(each.name, "pod");
  return out;
}

std::string image_names(const home::Home& home) {
  std::string out;
  for (const storage::Image& image : images::list(home, {})) {
    for (const std::string& name : image.names)
      out += line(name, "image");
  }
  return out;
}

std::string volume_names(const home::Home& home) {
  std::string out;
  for (const storage::Volume& each : storage::VolumeStore(storage::Layout(home)).list())
    out += line(each.name, "volume");
  return out;
}

std::string secret_names(const home::Home& home) {
  std::string out;
  for (const storage::Secret& each : storage::SecretStore(storage::Layout(home)).list())
    out += line(each.name, "secret");
  return out;
}

std::string object_names(Completes what) {
  if (what == Completes::Nothing || what == Completes::Files) return "";
  const home::Home home = home::Home::open();
  switch (what) {
    case Completes::Containers:
      return container_names(home, false);
    case Completes::RunningContainers:
      return container_names(home, true);
    case Completes::Pods:
      return pod_names(home);
    case Completes::Volumes:
      return volume_names(home);
    case Completes::Secrets:
      return secret_names(home);
    case Completes::Images:
      return image_names(home);
    default:
      return container_names(home, false) + pod_names(home) + image_names(home) +
             volume_names(home);
  }
}

// Only the lines that go on as the word begins.
std::string matching(const std::string& lines, const std::string& begun) {
  std::string out;
  std::size_t from = 0;
  for (std::size_t end = lines.find('\n'); end != std::string::npos; end = lines.find('\n', from)) {
    const std::string_view each = std::string_view(lines).substr(from, end + 1 - from);
    if (each.starts_with(begun)) out += each;
    from = end + 1;
  }
  return out;
}

}  // namespace

int complete(Arguments arguments) {
  std::vector<std::string> words;
  cli::Options options("Candidates for the last of some words");
  options.stop_at_argument().rest("WORD", words);
  options.parse(arguments);
  if (words.empty()) words.emplace_back();

  const std::string begun = words.back();
  words.pop_back();
  const Found found = find_command(words);
  if (found.command == nullptr) {
    cli::print(command_names(words.empty() ? "" : words.front(), begun));
    return 0;
  }
  if (begun.starts_with('-')) {
    // A command lists its options when asked this way.
    return run_command(*found.command, {found.arguments.command, {"--list-options"}});
  }
  cli::print(matching(object_names(found.command->completes), begun));
  return 0;
}

}  // namespace pod
