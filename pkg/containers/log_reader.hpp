#pragma once

#include "pkg/base/time.hpp"
#include "pkg/sys/fd.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace containers {

// An entry of a log in the CRI format: "TIME stdout F text".
struct LogEntry {
  std::string time;  // as it stands
  bool is_error = false;
  bool is_partial = false;  // the line goes on in the next entry
  std::string text;
};

// Nothing for a line that is none; a torn one may be left by a killed monitor.
std::optional<LogEntry> parse_log_entry(std::string_view line);

// Reads a log's entries one after the other, also while it grows.
class LogReader {
 public:
  explicit LogReader(const std::string& path);

  // The next entry; nothing when there is none yet.
  std::optional<LogEntry> next();

 private:
  bool fill();
  void open_next();

  std::string path_;
  sys::Fd file_;
  std::string text_;
  std::size_t at_ = 0;
};

}  // namespace containers
