#pragma once

#include "pkg/monitor/log_file.hpp"
#include "pkg/sys/fd.hpp"

#include <string>
#include <string_view>

namespace monitor {

constexpr const char* kJournalSocket = "/run/systemd/journal/socket";

// What the journal is told of a container with each of its lines.
struct JournalFields {
  std::string id;
  std::string name;
  std::string tag;
};

// A container's output in the journal of the host, an entry a line, in journald's native protocol
// and with podman's fields.
class Journal {
 public:
  explicit Journal(JournalFields fields, const std::string& socket = kJournalSocket);

  // Does not throw, nor wait for long: what the journal does not take is lost, as with podman.
  void write(Stream stream, std::string_view text);

 private:
  void send(Stream stream, std::string_view line, bool is_partial);

  JournalFields fields_;
  std::string path_;
  sys::Fd socket_;
};

}  // namespace monitor
