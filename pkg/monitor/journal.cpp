// https://systemd.io/JOURNAL_NATIVE_PROTOCOL: a datagram an entry, of lines NAME=TEXT.
#include "pkg/monitor/journal.hpp"

#include "pkg/sys/socket.hpp"

#include <cerrno>

#include <sys/socket.h>
#include <sys/time.h>

namespace monitor {
namespace {

// A text with an end of line in it would need the protocol's other form; none of ours has one.
void add(std::string& entry, std::string_view name, std::string_view text) {
  entry += name;
  entry += '=';
  entry += text.substr(0, text.find('\n'));
  entry += '\n';
}

// A journal that has come to a stand must not stop the monitor for longer than this.
sys::Fd connect(const std::string& path) {
  const timeval patience{.tv_sec = 1, .tv_usec = 0};
  auto socket = sys::connect_datagram(path);
  if (!socket) return {};
  ::setsockopt(socket->get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  return std::move(*socket);
}

}  // namespace

Journal::Journal(JournalFields fields, const std::string& socket)
    : fields_(std::move(fields)), path_(socket), socket_(connect(path_)) {}

void Journal::write(Stream stream, std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const bool is_partial = end == std::string_view::npos;
    send(stream, text.substr(0, end), is_partial);
    text.remove_prefix(is_partial ? text.size() : end + 1);
  }
}

void Journal::send(Stream stream, std::string_view line, bool is_partial) {
  constexpr std::size_t kShort = 12;
  std::string entry;
  add(entry, "MESSAGE", line);
  add(entry, "PRIORITY", stream == Stream::Out ? "6" : "3");
  add(entry, "CONTAINER_ID", fields_.id.substr(0, kShort));
  add(entry, "CONTAINER_ID_FULL", fields_.id);
  add(entry, "CONTAINER_NAME", fields_.name);
  if (!fields_.tag.empty()) add(entry, "CONTAINER_TAG", fields_.tag);
  add(entry, "SYSLOG_IDENTIFIER", fields_.tag.empty() ? fields_.name : fields_.tag);
  if (is_partial) add(entry, "CONTAINER_PARTIAL_MESSAGE", "true");
  if (::send(socket_.get(), entry.data(), entry.size(), MSG_NOSIGNAL) >= 0) return;
  if (errno != ECONNREFUSED && errno != ENOTCONN && errno != EBADF) return;
  socket_ = connect(path_);  // it was restarted meanwhile
  (void)!::send(socket_.get(), entry.data(), entry.size(), MSG_NOSIGNAL);
}

}  // namespace monitor
