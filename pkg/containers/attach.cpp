#include "pkg/containers/attach.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/monitor/protocol.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/process.hpp"
#include "pkg/sys/socket.hpp"
#include "pkg/sys/tty.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <deque>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace containers {
namespace {

// Looks for the keys in what is typed. Bytes that may be their beginning are held back.
class DetachKeys {
 public:
  explicit DetachKeys(std::string keys) : keys_(std::move(keys)) {}

  // What goes on to the container; `is_complete` when the keys were typed to their end.
  std::string filter(std::string_view typed) {
    if (keys_.empty()) return std::string(typed);
    std::string out;
    for (const char c : typed) {
      if (c == keys_[matched_]) {
        if (++matched_ == keys_.size()) {
          is_complete = true;
          return out;
        }
        continue;
      }
      out += keys_.substr(0, matched_);
      matched_ = c == keys_.front() ? 1 : 0;
      if (matched_ == 0) out += c;
    }
    return out;
  }

  bool is_complete = false;

 private:
  std::string keys_;
  std::size_t matched_ = 0;
};

char key_byte(const std::string& word) {
  if (word.size() == 1) return word.front();
  if (word.size() == 6 && word.starts_with("ctrl-")) {
    const char c = word.back();
    if (c >= 'a' && c <= 'z') return static_cast<char>(c - 'a' + 1);
    constexpr std::string_view kOthers = "@[\\]^_";
    constexpr std::string_view kBytes("\0\x1b\x1c\x1d\x1e\x1f", 6);
    const std::size_t at = kOthers.find(c);
    if (at != std::string_view::npos) return kBytes[at];
  }
  throw base::Error("detach keys: " + word +
                    ": neither one character nor ctrl- and one of a-z@[\\]^_");
}

void write_out(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EAGAIN) {
      pollfd poll{fd, POLLOUT, 0};
      ::poll(&poll, 1, -1);
      continue;
    }
    if (count < 0 && errno != EINTR)
      throw base::SysError(fd == 1 ? "standard output" : "standard error");
    if (count > 0) bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

class Relay {
 public:
  Relay(const sys::Fd& socket, const Container& container, const Streams& streams,
        sys::SignalQueue& signals)
      : socket_(socket),
        id_(container.id),
        streams_(streams),
        is_terminal_(container.options.terminal),
        signals_(signals),
        keys_(is_terminal_ ? parse_detach_keys(streams.detach_keys) : "") {}

  Relayed run() {
    if (is_terminal_) resize();
    while (!is_over_) {
      std::array<pollfd, 3> polls = {
          {{socket_.get(), static_cast<short>(POLLIN | (unsent_.empty() ? 0 : POLLOUT)),
            0},  // NOLINT
           {streams_.in && unsent_.empty() ? STDIN_FILENO : -1, POLLIN, 0},
           {signals_.file().get(), POLLIN, 0}}};
      if (::poll(polls.data(), polls.size(), -1) < 0 && errno != EINTR)
        throw base::SysError("poll");
      if ((polls[2].revents & POLLIN) != 0) take_signals();
      if ((polls[0].revents & (POLLIN | POLLHUP)) != 0) take_packet();
      if (polls[1].revents != 0) take_input();
      flush();
    }
    return result_;
  }

 private:
  void take_packet() {
    const auto packet = monitor::receive(socket_);
    is_over_ = !packet.has_value();
    if (!packet) return;
    if (packet->kind == monitor::Kind::Output && streams_.out) write_out(1, packet->bytes);
    if (packet->kind == monitor::Kind::Errors && streams_.err) write_out(2, packet->bytes);
    if (packet->kind != monitor::Kind::Json) return;
    const base::Json json = packet->json();
    if (const base::Json* code = json.find("exit")) {
      result_.exit_code = static_cast<int>(code->as_integer());
      is_over_ = true;
    }
  }

  void take_input() {
    std::array<char, monitor::kChunk> typed;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    const ssize_t count = ::read(STDIN_FILENO, typed.data(), typed.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (count <= 0) {
      streams_.in = false;
      say(monitor::Kind::InputEnd, "");
      return;
    }
    const std::string text = keys_.filter({typed.data(), static_cast<std::size_t>(count)});
    if (!text.empty()) say(monitor::Kind::Input, text);
    result_.is_detached = keys_.is_complete;
    is_over_ = is_over_ || keys_.is_complete;
  }

  void take_signals() {
    while (const auto signal = signals_.next()) {
      if (*signal == SIGWINCH && is_terminal_) {
        resize();
      } else if (streams_.signals && *signal != SIGCHLD && *signal != SIGURG &&
                 *signal != SIGWINCH && *signal != SIGPIPE) {
        say(base::Json::object({{"do", "kill"}, {"id", id_}, {"signal", *signal}}));
      }
    }
  }

  void resize() {
    const sys::WindowSize size = sys::window_size(STDIN_FILENO);
    if (size.rows == 0) return;
    say(base::Json::object(
        {{"do", "resize"}, {"id", id_}, {"rows", size.rows}, {"columns", size.columns}}));
  }

  void say(const base::Json& json) { say(monitor::Kind::Json, json.dump()); }
  void say(monitor::Kind kind, std::string_view bytes) {
    unsent_.emplace_back(1, static_cast<char>(kind)) += bytes;
  }

  // Never waits: the monitor may be waiting for us to take the container's output.
  void flush() {
    while (!unsent_.empty() && sys::send_message(socket_, unsent_.front(), {}, false)) {
      unsent_.pop_front();
    }
  }

  const sys::Fd& socket_;
  std::string id_;
  Streams streams_;
  bool is_terminal_;
  sys::SignalQueue& signals_;
  DetachKeys keys_;
  std::deque<std::string> unsent_;
  Relayed result_;
  bool is_over_ = false;
};

bool is_readable(const sys::Fd& file) {
  pollfd poll{file.get(), POLLIN, 0};
  return ::poll(&poll, 1, 0) > 0;
}

// One direction of a terminal's traffic; false when it has ended.
bool carry(int from, int to, DetachKeys* keys) {
  std::array<char, monitor::kChunk> bytes;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  const ssize_t count = ::read(from, bytes.data(), bytes.size());
  if (count < 0 && (errno == EINTR || errno == EAGAIN)) return true;
  if (count <= 0) return false;
  const std::string_view text(bytes.data(), static_cast<std::size_t>(count));
  write_out(to, keys != nullptr ? keys->filter(text) : std::string(text));
  return keys == nullptr || !keys->is_complete;
}

}  // namespace

std::string parse_detach_keys(const std::string& text) {
  std::string keys;
  if (text.empty()) return keys;
  for (const std::string& word : base::split(text, ','))
    keys += key_byte(word);
  return keys;
}

Relayed relay(const sys::Fd& socket, const Container& container, const Streams& streams,
              sys::SignalQueue& signals) {
  const bool is_raw = streams.in && container.options.terminal;
  const sys::RawMode raw(is_raw ? STDIN_FILENO : -1);
  return Relay(socket, container, streams, signals).run();
}

bool relay_terminal(const sys::Fd& terminal, const sys::Fd& process, const Streams& streams) {
  const sys::RawMode raw(streams.in ? STDIN_FILENO : -1);
  sys::SignalQueue resized({SIGWINCH});
  DetachKeys keys(parse_detach_keys(streams.detach_keys));
  bool reads = streams.in;
  sys::set_window_size(terminal.get(), sys::window_size(STDIN_FILENO));
  while (!keys.is_complete) {
    std::array<pollfd, 4> polls = {{{terminal.get(), POLLIN, 0},
                                    {reads ? STDIN_FILENO : -1, POLLIN, 0},
                                    {resized.file().get(), POLLIN, 0},
                                    {process.get(), POLLIN, 0}}};
    ::poll(polls.data(), polls.size(), -1);
    if (polls[2].revents != 0 && resized.next()) {
      sys::set_window_size(terminal.get(), sys::window_size(STDIN_FILENO));
    }
    if (polls[1].revents != 0) reads = carry(STDIN_FILENO, terminal.get(), &keys);
    if (polls[0].revents != 0 && !carry(terminal.get(), STDOUT_FILENO, nullptr)) return true;
    // What was said last may have come after we looked, and the end before.
    if (polls[0].revents == 0 && polls[3].revents != 0 && !is_readable(terminal)) return true;
  }
  return false;
}

}  // namespace containers
