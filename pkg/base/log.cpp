// The only door of spdlog (header-only here, so that nothing is loaded at start).
#include "pkg/base/log.hpp"

#define SPDLOG_FMT_EXTERNAL
#define SPDLOG_HEADER_ONLY
#include "pkg/base/error.hpp"
#include "pkg/base/json.hpp"
#include "pkg/base/time.hpp"

#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/spdlog.h>

#include <array>
#include <cstdio>
#include <memory>

namespace base::log {
namespace {

// Global by nature: there is one standard error. Warnings are shown unless somebody asks otherwise.
Level current_level = Level::Warning;
std::string program = "pod";  // NOLINT(cert-err58-cpp): short enough not to allocate

spdlog::level::level_enum to_spdlog(Level level) {
  constexpr std::array kLevels = {spdlog::level::debug, spdlog::level::info, spdlog::level::warn,
                                  spdlog::level::err};
  return kLevels.at(static_cast<std::size_t>(level));
}

// Made at the first line: most runs never say anything.
spdlog::logger& logger() {
  static const std::unique_ptr<spdlog::logger> kLogger = [] {
    auto sink = std::make_shared<spdlog::sinks::ansicolor_stderr_sink_st>();
    auto made = std::make_unique<spdlog::logger>(program, std::move(sink));
    made->set_level(spdlog::level::trace);
    made->set_pattern("%n: %^%l%$: %v");
    return made;
  }();
  return *kLogger;
}

// As the field's programs call them.
constexpr std::array<const char*, 4> kWords = {"debug", "info", "warning", "error"};

struct File {
  std::string path;
  bool is_json = false;
};
File file;

std::string line_of(Level level, std::string_view message) {
  const std::string time = rfc3339(now());
  const char* word = kWords.at(static_cast<std::size_t>(level));
  if (!file.is_json) {
    const std::string quoted = Json(std::string(message)).dump();
    return fmt::format("time=\"{}\" level={} msg={}\n", time, word, quoted);
  }
  return Json::object({{"level", word}, {"msg", std::string(message)}, {"time", time}}).dump() +
         "\n";
}

bool append(const std::string& line) {
  std::FILE* out = std::fopen(file.path.c_str(), "ae");
  if (out == nullptr) return false;
  const bool is_written = std::fputs(line.c_str(), out) >= 0;
  return std::fclose(out) == 0 && is_written;
}

}  // namespace

void set_file(std::string path, bool as_json) {
  file = {std::move(path), as_json};
}

Level parse_level(std::string_view text) {
  if (text == "trace" || text == "debug") return Level::Debug;
  if (text == "info") return Level::Info;
  if (text == "warn" || text == "warning") return Level::Warning;
  if (text == "error" || text == "fatal" || text == "panic") return Level::Error;
  throw Error(
      fmt::format("log level {}: not one of trace, debug, info, warn, error, fatal, panic", text));
}

void set_level(Level level) {
  current_level = level;
}

bool is_enabled(Level level) {
  return level >= current_level;
}

void set_program(std::string name) {
  program = std::move(name);
}

void write(Level level, std::string_view message) {
  if (!file.path.empty() && append(line_of(level, message))) return;
  logger().log(to_spdlog(level), message);
}

}  // namespace base::log
