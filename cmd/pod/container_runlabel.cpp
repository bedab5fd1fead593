#include "cmd/cli/format.hpp"
#include "cmd/pod/command.hpp"
#include "cmd/pod/container_options.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/images/ensure.hpp"

#include <fmt/core.h>

#include <cstdlib>

namespace pod {
namespace {

struct RunlabelFlags {
  std::string label;
  std::string image;
  std::vector<std::string> words;
  std::string name;
  bool display = false;
  bool replace = false;
  ImageFlags pull;
};

// The words of a label's command line; quotes hold words together.
std::vector<std::string> split_words(const std::string& text) {
  std::vector<std::string> words;
  std::string word;
  char quote = 0;
  bool has_word = false;
  for (const char letter : text) {
    if (quote != 0 ? letter == quote : letter == '"' || letter == '\'') {
      quote = quote != 0 ? '\0' : letter;
      has_word = true;
    } else if (quote == 0 && letter == ' ') {
      if (has_word) words.push_back(std::exchange(word, ""));
      has_word = false;
    } else {
      word += letter;
      has_word = true;
    }
  }
  if (quote != 0) throw base::Error("the label's quotes do not end: " + text);
  if (has_word) words.push_back(word);
  return words;
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// IMAGE and NAME, as words or variables, stand for what they say; $PWD for where we are.
void fill_in(std::string& word, const std::string& image, const std::string& name) {
  if (word == "IMAGE") word = image;
  if (word == "NAME") word = name;
  const char* const here = std::getenv("PWD");
  const std::initializer_list<std::pair<const char*, std::string>> variables = {
      {"${IMAGE}", image},
      {"$IMAGE", image},
      {"${NAME}", name},
      {"$NAME", name},
      {"=IMAGE", "=" + image},
      {"=NAME", "=" + name},
      {"${PWD}", here != nullptr ? here : ""},
      {"$PWD", here != nullptr ? here : ""}};
  for (const auto& [from, to] : variables)
    replace_all(word, from, to);
}

std::vector<std::string> command_of(const images::Found& found, const RunlabelFlags& flags) {
  const auto& labels = found.image.config.labels;
  const auto label = labels.find(flags.label);
  if (label == labels.end()) {
    throw base::Error(fmt::format("image {}: has no label {}", flags.image, flags.label));
  }
  std::vector<std::string> words = split_words(label->second);
  const std::string image = found.name.empty() ? flags.image : found.name;
  std::string name = flags.name;
  if (name.empty()) {  // the image's last part, without its tag
    name = image.substr(image.rfind('/') + 1);
    name = name.substr(0, name.find_first_of(":@"));
  }
  for (std::string& word : words)
    fill_in(word, image, name);
  words.insert(words.end(), flags.words.begin(), flags.words.end());
  // Ours, whoever it was written for; nothing else is run.
  const std::string program =
      words.empty() ? "" : words.front().substr(words.front().rfind('/') + 1);
  if (program == "docker" || program == "podman" || program == "pod") words.erase(words.begin());
  const bool runs = !words.empty() && (words.front() == "run" || words.front() == "create");
  if (runs && flags.replace) words.insert(words.begin() + 1, "--replace");
  return words;
}

}  // namespace

int container_runlabel(Arguments arguments) {
  RunlabelFlags flags;
  cli::Options options("Run the command that an image's label holds");
  options.flag("--display", flags.display, "Only show the command")
      .value("-n,--name", flags.name, "What NAME stands for; else the image's last part")
      .flag("--replace", flags.replace, "Remove a container of this name first")
      .flag("-q,--quiet", flags.pull.quiet, "No progress while the image is fetched")
      .value("--authfile", flags.pull.auth_file, "File with credentials for registries")
      .value("--cert-dir", flags.pull.cert_dir, "Folder with certificates for the registry")
      .value("--creds", flags.pull.creds, "USER[:PASSWORD] for the registry")
      .flag("--tls-verify", flags.pull.tls_verify, "Ask registries for certificates")
      .stop_at_argument()
      .argument("LABEL", flags.label)
      .argument("IMAGE", flags.image)
      .rest("ARGUMENT", flags.words);
  options.parse(arguments);

  const home::Home home = home::Home::open();
  images::PullOptions pull;
  flags.pull.apply(pull);
  const std::vector<std::string> words = command_of(images::ensure(home, flags.image, pull), flags);
  std::string line = "pod";
  for (const std::string& word : words)
    line += " " + base::shell_quote(word);
  cli::print("command: " + line + "\n");
  if (flags.display) return 0;
  const Found found = find_command(words);
  if (found.command == nullptr) throw base::Error(line + ": no command of ours");
  return run_command(*found.command, found.arguments);
}

}  // namespace pod
