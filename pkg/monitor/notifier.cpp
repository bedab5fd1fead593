#include "pkg/monitor/notifier.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/base/text.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/socket.hpp"

#include <poll.h>
#include <unistd.h>

namespace monitor {
namespace {

std::string main_process() {
  return "MAINPID=" + std::to_string(::getpid());
}

}  // namespace

void Notifier::begin() {
  is_ready_ = false;
  if (when_ != When::Said) return;
  const std::string folder = directory_ + "/" + kFolder;
  sys::make_dirs(folder, 0755);
  socket_ = sys::receive_at(folder, kSocket);
}

void Notifier::started() {
  is_ready_ = when_ == When::Started;
  say(main_process() + (is_ready_ ? "\nREADY=1" : ""));
}

void Notifier::healthy() {
  if (when_ != When::Healthy || is_ready_) return;
  is_ready_ = true;
  say("READY=1");
}

void Notifier::forward() {
  pollfd poll{socket_.get(), POLLIN, 0};
  while (socket_ && ::poll(&poll, 1, 0) > 0) {
    const auto message = sys::receive_message(socket_);
    if (!message) return;
    std::string text;
    for (const std::string& line : base::split(message->bytes, '\n')) {
      if (!line.empty() && !line.starts_with("MAINPID=")) text += line + "\n";
    }
    if (!text.empty()) say(text);
  }
}

// A service that nobody looks after any more goes on.
void Notifier::say(std::string_view text) const try {
  const auto socket = sys::connect_datagram(service_);
  if (!socket || !sys::send_message(*socket, text, {}, false)) {
    base::log::debug("NOTIFY_SOCKET {}: nobody listens there", service_);
  }
} catch (const base::Error& error) {
  base::log::debug("NOTIFY_SOCKET {}: {}", service_, error.what());
}

}  // namespace monitor
