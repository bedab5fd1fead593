// A container's unit runs `pod start --attach` or `pod run` as its main process: that one passes on
// the container's output to the journal and ends with its exit code, so that Restart= sees what
// happened. No file with a process number and no notification is needed. A pod has no single end;
// its unit stays active until it is stopped.
#include "cmd/pod/systemd_unit.hpp"

#include "cmd/pod/container_options.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/time.hpp"
#include "pkg/sys/file.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace pod {
namespace {

using Words = std::vector<std::string>;

constexpr std::int64_t kGrace = 60;  // seconds that systemd waits beyond ours, as podman does

std::string program() {
  return sys::program_directory() + "/pod";
}

std::string line_of(const Words& words) {
  std::string line = unit_word(program());
  for (const std::string& word : words)
    line += " " + unit_word(word);
  return line;
}

std::string repeated(const char* key, const Words& values) {
  std::string text;
  for (const std::string& value : values)
    text += fmt::format("{}={}\n", key, value);
  return text;
}

std::string head(const std::string& name, const UnitStyle& style) {
  std::string text;
  if (style.has_header) {
    text = fmt::format("# {}.service\n# written by pod {}, {}\n\n", name, POD_VERSION,
                       base::rfc3339(base::now() / 1'000'000'000 * 1'000'000'000));
  }
  text += fmt::format(
      "[Unit]\nDescription={}.service of pod\nDocumentation=man:pod-generate-systemd(1)\n"
      "Wants=network-online.target\nAfter=network-online.target\n",
      name);
  return text + repeated("Wants", style.wants) + repeated("After", style.after) +
         repeated("Requires", style.requires_units);
}

// What both kinds have. A system unit's containers have their cgroups below the unit's, hence
// Delegate=. Whoever ends by the signal to end has ended well, as systemd sees it of other
// programs: the shells' status of that is 143.
std::string life(const UnitStyle& style) {
  std::string text = "\n[Service]\nDelegate=yes\nSuccessExitStatus=143\n";
  for (const std::string& variable : style.env)
    text += "Environment=" + unit_word(variable) + "\n";
  if (style.start_timeout) text += fmt::format("TimeoutStartSec={}\n", *style.start_timeout);
  text += fmt::format("TimeoutStopSec={}\n", style.stop_timeout + kGrace);
  return text;
}

std::string restart_lines(const UnitStyle& style) {
  std::string text = "Restart=" + style.restart_policy + "\n";
  if (style.restart_seconds) text += fmt::format("RestartSec={}\n", *style.restart_seconds);
  return text;
}

constexpr const char* kInstall = "\n[Install]\nWantedBy=default.target\n";

Words stop_words(const UnitStyle& style, const Words& which) {
  Words words = {"stop", "--ignore", "-t", std::to_string(style.stop_timeout)};
  words.insert(words.end(), which.begin(), which.end());
  return words;
}

std::string lines_to_start(const std::string& called, const UnitStyle& style) {
  const std::string stop = line_of(stop_words(style, {called}));
  return "Type=exec\nExecStart=" + line_of({"start", "--attach", called}) + "\nExecStop=" + stop +
         "\nExecStopPost=" + stop + "\n";
}

std::string lines_to_make(const containers::Container& container, const UnitStyle& style) {
  // Specifiers of systemd: the user's runtime folder, the unit's name.
  constexpr const char* kIdFile = "%t/%n.ctr-id";
  Words made = words_to_make_anew(container.options.create_command);
  made.erase(made.begin(), made.begin() + 2);
  std::string run = line_of({"run", "--rm", "--replace", "--name", container.name});
  run += fmt::format(" --cidfile={}", kIdFile);
  for (const std::string& word : made)
    run += " " + unit_word(word);
  const std::string stop = line_of(stop_words(style, {})) + fmt::format(" --cidfile={}", kIdFile);
  const std::string remove = line_of({"rm", "--force", "--ignore"}) +
                             fmt::format(" -t {} --cidfile={}", style.stop_timeout, kIdFile);
  return "Type=exec\nExecStartPre=/bin/rm -f " + std::string(kIdFile) + "\nExecStart=" + run +
         "\nExecStop=" + stop + "\nExecStopPost=" + remove + "\n";
}

// The members are made again in their order; then all is started at once.
std::string lines_to_make(const home::Home& home, const pods::Pod& pod, const UnitStyle& style) {
  if (pod.options.create_command.empty()) {
    throw base::Error(fmt::format("--new: pod {} was not made by a command line", pod.name));
  }
  Words create = pod.options.create_command;
  create.erase(create.begin());
  std::string text;
  const bool is_named = std::any_of(create.begin(), create.end(), [&](const std::string& word) {
    return word == pod.name || word == "--name=" + pod.name || word == "-n" + pod.name;
  });
  create.insert(create.begin() + 2, "--replace");
  if (!is_named) create.insert(create.begin() + 2, {"--name", pod.name});
  text += "ExecStartPre=" + line_of(create) + "\n";
  for (const containers::Container& container : pods::members(home, pod)) {
    Words member = words_to_make_anew(container.options.create_command);
    member.erase(member.begin(), member.begin() + 2);
    Words words = {"create", "--replace", "--name", container.name, "--pod", pod.name};
    words.insert(words.end(), member.begin(), member.end());
    text += "ExecStartPre=" + line_of(words) + "\n";
  }
  text += "ExecStart=" + line_of({"pod", "start", pod.name}) + "\n";
  text += "ExecStop=" +
          line_of({"pod", "stop", "--ignore", "-t", std::to_string(style.stop_timeout), pod.name}) +
          "\n";
  return text + "ExecStopPost=" + line_of({"pod", "rm", "--force", "--ignore", pod.name}) + "\n";
}

template <std::size_t N>
bool is_one_of(const std::string& name, const std::string_view (&names)[N]) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

constexpr std::string_view kDroppedFlags[] = {"--rm", "--replace", "--detach"};
constexpr std::string_view kDroppedValues[] = {"--cidfile", "--restart", "--sdnotify",
                                               "--name",    "--pod",     "--pod-id-file"};

// "-dit" without its d; other letters that take no value may stand beside it.
std::string without_detach(const std::string& cluster) {
  std::string kept = "-";
  std::size_t at = 1;
  for (; at < cluster.size() && std::string_view("ditPq").find(cluster[at]) != std::string::npos;
       ++at) {
    if (cluster[at] != 'd') kept += cluster[at];
  }
  kept += cluster.substr(at);
  return kept == "-" ? "" : kept;
}

// How many words at the end are the image and its command.
std::size_t words_behind_options(const Words& create_command) {
  ContainerFlags flags;
  bool ignored = false;
  std::string text;
  Words texts;
  cli::Options options("");
  options.flag("-d,--detach", ignored, "")
      .list("-a,--attach", texts, "")
      .flag("--sig-proxy", ignored, "")
      .value("--detach-keys", text, "")
      .value("--init-ctr", text, "");
  flags.declare(options);
  options.parse({create_command[1], {create_command.begin() + 2, create_command.end()}});
  return 1 + flags.command.size();
}

}  // namespace

std::string unit_word(const std::string& word) {
  std::string text;
  for (const char letter : word) {
    if (letter == '\\' || letter == '"') text += '\\';
    if (letter == '%' || letter == '$') text += letter;
    text += letter;
  }
  const bool is_plain = !word.empty() && word.find_first_of(" \t\n\"'\\;") == std::string::npos;
  return is_plain ? text : "\"" + text + "\"";
}

std::vector<std::string> words_to_make_anew(const std::vector<std::string>& create_command) {
  Words words = create_command;
  if (words.size() > 2 && words[1] == "container") words.erase(words.begin() + 1);
  if (words.size() < 3 || (words[1] != "run" && words[1] != "create")) {
    throw base::Error("--new: it was not made by `pod run` or `pod create`");
  }
  const std::size_t end = words.size() - words_behind_options(words);
  Words kept(words.begin(), words.begin() + 2);
  for (std::size_t at = 2; at < words.size(); ++at) {
    const std::string& word = words[at];
    const std::string name = word.substr(0, word.find('='));
    if (at >= end) {
      kept.push_back(word);
    } else if (is_one_of(name, kDroppedFlags)) {
      continue;
    } else if (is_one_of(name, kDroppedValues)) {
      if (name == word) ++at;  // and its value
    } else if (word.starts_with("-") && !word.starts_with("--")) {
      const std::string rest = without_detach(word);
      if (!rest.empty()) kept.push_back(rest);
    } else {
      kept.push_back(word);
    }
  }
  return kept;
}

Unit unit_of(const containers::Container& container, const UnitStyle& style) {
  const std::string called = style.by_name ? container.name : container.id;
  Unit unit;
  unit.name = style.container_prefix + style.separator + called;
  unit.text = head(unit.name, style) + life(style) + restart_lines(style) +
              (style.makes_anew ? lines_to_make(container, style) : lines_to_start(called, style)) +
              kInstall;
  return unit;
}

Unit unit_of(const home::Home& home, const pods::Pod& pod, const UnitStyle& style) {
  const std::string called = style.by_name ? pod.name : pod.id;
  Unit unit;
  unit.name = style.pod_prefix + style.separator + called;
  const std::string timeout = std::to_string(style.stop_timeout);
  const std::string lines =
      style.makes_anew
          ? lines_to_make(home, pod, style)
          : "ExecStart=" + line_of({"pod", "start", called}) +
                "\nExecStop=" + line_of({"pod", "stop", "--ignore", "-t", timeout, called}) + "\n";
  unit.text = head(unit.name, style) + life(style) + "Type=oneshot\nRemainAfterExit=yes\n" + lines +
              kInstall;
  return unit;
}

}  // namespace pod
