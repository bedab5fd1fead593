#include "pkg/base/error.hpp"
#include "pkg/base/id.hpp"
#include "pkg/containers/log_reader.hpp"
#include "pkg/containers/report.hpp"
#include "pkg/sys/file.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <deque>
#include <memory>

#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

namespace containers {
namespace {

// Lines on their way to our streams, many at once, but in the order in which they were said.
class Output {
 public:
  void add(int fd, std::string_view text) {
    constexpr std::size_t kMost = std::size_t{64} << 10U;
    if (fd != fd_ || text_.size() > kMost) flush();
    fd_ = fd;
    text_ += text;
  }

  void flush() {
    std::string_view left = text_;
    while (!left.empty()) {
      const ssize_t count = ::write(fd_, left.data(), left.size());
      if (count < 0 && errno != EINTR) throw base::SysError("write");
      if (count > 0) left.remove_prefix(static_cast<std::size_t>(count));
    }
    text_.clear();
  }

 private:
  int fd_ = STDOUT_FILENO;
  std::string text_;
};

// One container's log on its way to our streams.
class Printer {
 public:
  Printer(const home::Home& home, const Container& container, const LogOptions& options,
          Output& out)
      : container_(container), options_(options), reader_(container.log_path(home)), out_(out) {}

  // What begins each of its lines.
  void set_prefix(const Container& container, bool is_one_of_many, std::size_t number) {
    if (is_one_of_many) prefix_ = base::short_id(container.id) + " ";
    if (options_.names) prefix_ = container.name + " ";
    if (options_.color) color_ = fmt::format("\033[{}m", 31 + number % 6);
  }

  const Container& container() const { return container_; }

  // The next that has come since, within the time asked for.
  std::optional<LogEntry> next() {
    auto entry = reader_.next();
    while (entry && !is_wanted(*entry))
      entry = reader_.next();
    return entry;
  }

  // All of them, or what belongs to the last `count` lines: no more than that is ever held.
  std::deque<LogEntry> take(std::int64_t count) {
    std::deque<LogEntry> entries;
    std::int64_t lines = 0;
    while (auto entry = next()) {
      if (!entry->is_partial) ++lines;
      entries.push_back(std::move(*entry));
      while (count >= 0 && lines > count) {
        if (!entries.front().is_partial) --lines;
        entries.pop_front();
      }
    }
    return entries;
  }

  void print(const LogEntry& entry) {
    bool& is_line_open = entry.is_error ? is_error_line_open_ : is_output_line_open_;
    std::string text;
    if (!is_line_open) {
      text = color_ + prefix_;
      if (options_.timestamps) text += entry.time + " ";
    }
    text += entry.text;
    if (!entry.is_partial && !color_.empty()) text += "\033[0m";
    if (!entry.is_partial) text += '\n';
    is_line_open = entry.is_partial;
    out_.add(entry.is_error ? STDERR_FILENO : STDOUT_FILENO, text);
  }

 private:
  bool is_wanted(const LogEntry& entry) const {
    if (options_.since == 0 && options_.until == 0) return true;
    const base::Time time = base::parse_rfc3339(entry.time);
    return time >= options_.since && (options_.until == 0 || time <= options_.until);
  }

  Container container_;
  const LogOptions& options_;
  LogReader reader_;
  Output& out_;
  std::string prefix_;
  std::string color_;  // what makes it begin
  bool is_output_line_open_ = false;
  bool is_error_line_open_ = false;
};

struct Line {
  Printer* printer;
  LogEntry entry;
};

using Printers = std::vector<std::unique_ptr<Printer>>;

void print_new(const Printers& printers, std::int64_t tail) {
  if (printers.size() == 1 && tail < 0) {
    Printer& only = *printers.front();
    while (const auto entry = only.next())
      only.print(*entry);
    return;
  }
  std::vector<Line> lines;
  for (const auto& printer : printers) {
    for (LogEntry& entry : printer->take(tail))
      lines.push_back({printer.get(), std::move(entry)});
  }
  if (printers.size() > 1) {
    std::stable_sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) {
      return base::parse_rfc3339(a.entry.time) < base::parse_rfc3339(b.entry.time);
    });
  }
  for (const Line& line : lines)
    line.printer->print(line.entry);
}

// It runs, or will run again without being asked.
bool may_say_more(const home::Home& home, const Container& container) {
  if (!find_by_id(home, container.id)) return false;
  const State state = state_of(home, container);
  if (state.is_running()) return true;
  return container.options.restart.when != RestartPolicy::When::No &&
         state.status == Status::Exited && sys::is_alive(state.monitor);
}

void follow(const home::Home& home, const Printers& printers, Output& out, base::Time until) {
  const sys::Fd changes(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!changes) throw base::SysError("inotify");
  for (const auto& printer : printers) {
    const std::string path = printer->container().log_path(home);
    ::inotify_add_watch(changes.get(), path.c_str(), IN_MODIFY | IN_CLOSE_WRITE | IN_MOVE_SELF);
  }
  constexpr int kLookAnyway = 250;  // milliseconds: an end that no event tells
  bool goes_on = true;
  while (goes_on) {
    goes_on = std::any_of(printers.begin(), printers.end(), [&](const auto& printer) {
      return may_say_more(home, printer->container());
    });
    goes_on = goes_on && (until == 0 || base::now() < until);
    print_new(printers, -1);
    out.flush();
    if (!goes_on) return;
    pollfd poll{changes.get(), POLLIN, 0};
    ::poll(&poll, 1, kLookAnyway);
    std::array<char, 4096> events{};
    while (::read(changes.get(), events.data(), events.size()) > 0) {
    }
  }
}

void expect_log(const Container& container) {
  const std::string& driver = container.options.log_driver;
  if (driver == "k8s-file") return;
  const std::string advice = driver == "journald"
                                 ? "read them with journalctl CONTAINER_NAME=" + container.name
                                 : "there are no logs";
  throw base::Error(
      fmt::format("container {}: its log driver is \"{}\": {}", container.name, driver, advice));
}

}  // namespace

void print_logs(const home::Home& home, const std::vector<Container>& containers,
                const LogOptions& options) {
  Output out;
  Printers printers;
  for (const Container& container : containers) {
    expect_log(container);
    printers.push_back(std::make_unique<Printer>(home, container, options, out));
    printers.back()->set_prefix(container, containers.size() > 1, printers.size() - 1);
  }
  print_new(printers, options.tail);
  out.flush();
  if (options.follow) follow(home, printers, out, options.until);
}

}  // namespace containers
