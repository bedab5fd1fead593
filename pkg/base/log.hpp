#pragma once

#include <fmt/core.h>

#include <string>
#include <string_view>
#include <utility>

// What the program says about its own work, on standard error. Results never go here, errors are
// thrown instead (base::Error); `main` prints those.
namespace base::log {

enum class Level { Debug, Info, Warning, Error };

// "debug", "info", "warn"/"warning", "error" (podman's --log-level words; fatal and panic count as
// error, trace as debug). Throws base::Error for other words.
Level parse_level(std::string_view text);

void set_level(Level level);
bool is_enabled(Level level);

// Where lines go instead of standard error: one each, as JSON or as "time=... level=... msg=...".
void set_file(std::string path, bool as_json);

// The program's name in front of each line: "pod".
void set_program(std::string name);

void write(Level level, std::string_view message);

template <typename... Values>
void debug(fmt::format_string<Values...> format, Values&&... values) {
  if (is_enabled(Level::Debug)) {
    write(Level::Debug, fmt::format(format, std::forward<Values>(values)...));
  }
}

template <typename... Values>
void info(fmt::format_string<Values...> format, Values&&... values) {
  if (is_enabled(Level::Info)) {
    write(Level::Info, fmt::format(format, std::forward<Values>(values)...));
  }
}

template <typename... Values>
void warn(fmt::format_string<Values...> format, Values&&... values) {
  if (is_enabled(Level::Warning)) {
    write(Level::Warning, fmt::format(format, std::forward<Values>(values)...));
  }
}

}  // namespace base::log
