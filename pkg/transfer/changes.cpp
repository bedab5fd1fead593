#include "pkg/transfer/changes.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/json.hpp"
#include "pkg/base/text.hpp"
#include "pkg/sys/signals.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace transfer {
namespace {

using Words = std::vector<std::string>;

// Words as Containerfiles have them: blanks part them, quotes and backslashes keep blanks.
Words split_words(std::string_view text) {
  Words words;
  std::string word;
  bool is_open = false;
  char quote = '\0';
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
      word += text[++i];
      is_open = true;
    } else if (quote != '\0' ? c == quote : c == '"' || c == '\'') {
      quote = quote != '\0' ? '\0' : c;
      is_open = true;
    } else if (quote == '\0' && (c == ' ' || c == '\t')) {
      if (is_open) words.push_back(std::exchange(word, ""));
      is_open = false;
    } else {
      word += c;
      is_open = true;
    }
  }
  if (quote != '\0') throw base::Error("a quote is not closed");
  if (is_open) words.push_back(word);
  return words;
}

// ["a", "b"], or nothing when it is not JSON.
std::optional<Words> json_words(const std::string& text) {
  if (!text.starts_with('[')) return std::nullopt;
  try {
    return base::Json::parse(text).as_strings();
  } catch (const base::Error&) {
    return std::nullopt;
  }
}

Words command(const std::string& text) {
  if (std::optional<Words> words = json_words(text)) return *words;
  return {"/bin/sh", "-c", text};
}

void add_once(Words& list, const std::string& word) {
  if (std::ranges::count(list, word) == 0) list.push_back(word);
}

// "A=b C=d", or the old form "A b".
std::vector<std::pair<std::string, std::string>> pairs(const std::string& text) {
  std::vector<std::pair<std::string, std::string>> list;
  const Words words = split_words(text);
  if (!words.empty() && words.front().find('=') == std::string::npos) {
    const auto [key, value] = base::split_once(text, ' ');
    if (!value) throw base::Error(fmt::format("{}: expected NAME=VALUE", text));
    return {{key, std::string(base::trim(*value))}};
  }
  for (const std::string& word : words) {
    const auto [key, value] = base::split_once(word, '=');
    if (!value || key.empty()) throw base::Error(fmt::format("{}: expected NAME=VALUE", word));
    list.emplace_back(key, *value);
  }
  return list;
}

void set_variable(Words& env, const std::string& name, const std::string& value) {
  std::erase_if(env, [&](const std::string& entry) { return entry.starts_with(name + "="); });
  env.push_back(fmt::format("{}={}", name, value));
}

void cmd(oci::ImageConfig& config, const std::string& text) {
  config.cmd = command(text);
}

void entrypoint(oci::ImageConfig& config, const std::string& text) {
  config.entrypoint = command(text);
}

void env(oci::ImageConfig& config, const std::string& text) {
  for (const auto& [name, value] : pairs(text))
    set_variable(config.env, name, value);
}

void label(oci::ImageConfig& config, const std::string& text) {
  for (const auto& [name, value] : pairs(text))
    config.labels[name] = value;
}

void expose(oci::ImageConfig& config, const std::string& text) {
  for (const std::string& word : split_words(text)) {
    const auto [port, protocol] = base::split_once(word, '/');
    const auto number = base::parse_integer(base::split_once(port, '-').first);
    if (!number || *number < 1 || *number > 65535) {
      throw base::Error(fmt::format("{}: not a port", word));
    }
    add_once(config.exposed_ports, port + "/" + base::lower(protocol.value_or("tcp")));
  }
}

void volume(oci::ImageConfig& config, const std::string& text) {
  const std::optional<Words> listed = json_words(text);
  for (const std::string& path : listed ? *listed : split_words(text)) {
    add_once(config.volumes, path);
  }
}

void user(oci::ImageConfig& config, const std::string& text) {
  config.user = text;
}

void workdir(oci::ImageConfig& config, const std::string& text) {
  const std::string& former = config.working_dir;
  const std::string base = former.empty() ? "/" : former + (former.ends_with('/') ? "" : "/");
  config.working_dir = text.starts_with('/') ? text : base + text;
}

void stop_signal(oci::ImageConfig& config, const std::string& text) {
  sys::signal_number(text);  // refuses what is none
  config.stop_signal = text;
}

void author(oci::ImageConfig& config, const std::string& text) {
  config.author = text;
}

void on_build(oci::ImageConfig& config, const std::string& text) {
  config.on_build.push_back(text);
}

void shell(oci::ImageConfig& config, const std::string& text) {
  const std::optional<Words> words = json_words(text);
  if (!words) throw base::Error(fmt::format("SHELL {}: expected a list, [\"WORD\", ...]", text));
  config.shell = *words;
}

struct Instruction {
  std::string_view name;
  void (*apply)(oci::ImageConfig& config, const std::string& text);
};

constexpr std::array<Instruction, 12> kInstructions = {{{"CMD", cmd},
                                                        {"ENTRYPOINT", entrypoint},
                                                        {"ENV", env},
                                                        {"EXPOSE", expose},
                                                        {"LABEL", label},
                                                        {"MAINTAINER", author},
                                                        {"ONBUILD", on_build},
                                                        {"SHELL", shell},
                                                        {"STOPSIGNAL", stop_signal},
                                                        {"USER", user},
                                                        {"VOLUME", volume},
                                                        {"WORKDIR", workdir}}};

}  // namespace

void apply_change(oci::ImageConfig& config, const std::string& change) try {
  const std::string text(base::trim(change));
  const std::size_t end = std::min(text.find_first_of(" \t="), text.size());
  const std::string name = base::upper(text.substr(0, end));
  const std::string rest(base::trim(end < text.size() ? text.substr(end + 1) : ""));
  for (const Instruction& instruction : kInstructions) {
    if (instruction.name != name) continue;
    if (rest.empty()) throw base::Error(fmt::format("{} needs a value", name));
    return instruction.apply(config, rest);
  }
  throw base::Error(fmt::format("{}: no instruction that changes a configuration", name));
} catch (base::Error& error) {
  error.during("--change");
  throw;
}

}  // namespace transfer
