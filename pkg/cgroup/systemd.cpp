// Talks to systemd as systemctl does: over its own socket, so that no message bus has to run. D-Bus
// between two needs neither names nor a greeting, only who we are.
#include "pkg/cgroup/systemd.hpp"

#include "pkg/base/error.hpp"
#include "pkg/cgroup/bus_message.hpp"
#include "pkg/cgroup/delegation.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/socket.hpp"

#include <fmt/core.h>

#include <chrono>
#include <cstdlib>
#include <optional>
#include <thread>

#include <sys/socket.h>
#include <unistd.h>

namespace cgroup {
namespace {

constexpr int kPatience = 5;  // seconds for an answer

std::string receive(const sys::Fd& socket, std::size_t count) {
  std::string bytes(count, '\0');
  if (count > 0 &&
      ::recv(socket.get(), bytes.data(), count, MSG_WAITALL) != static_cast<ssize_t>(count)) {
    throw base::Error("systemd does not answer");
  }
  return bytes;
}

std::string receive_line(const sys::Fd& socket) {
  std::string line;
  while (!line.ends_with("\r\n") && line.size() < 256)
    line += receive(socket, 1);
  return line;
}

// "AUTH EXTERNAL": the kernel tells the other side who we are; the number, digit by digit in
// hexadecimal, says that we agree.
void introduce(const sys::Fd& socket, uid_t uid) {
  std::string greeting(1, '\0');
  greeting += "AUTH EXTERNAL ";
  for (const char digit : std::to_string(uid))
    greeting += fmt::format("{:02x}", static_cast<int>(digit));
  greeting += "\r\nBEGIN\r\n";
  if (!sys::send_message(socket, greeting) || !receive_line(socket).starts_with("OK ")) {
    throw base::Error("systemd does not let us in");
  }
}

void call(uid_t uid, BusCall what) {
  const std::string path = systemd_socket(uid);
  if (path.empty()) throw base::Error("no systemd of this user runs that could be asked");
  const auto socket = sys::connect_stream(path, kPatience);
  if (!socket) throw base::Error("systemd does not listen at " + path);
  introduce(*socket, uid);
  what.path = "/org/freedesktop/systemd1";
  what.interface = "org.freedesktop.systemd1.Manager";
  if (!sys::send_message(*socket, bytes_of(what))) throw base::Error("systemd does not listen");
  while (true) {
    const BusHead head = parse_head(receive(*socket, kBusHead));
    receive(*socket, head.fields);
    const std::string body = receive(*socket, head.body);
    if (head.type == BusHead::Type::Return) return;
    if (head.type == BusHead::Type::Error) {
      throw base::Error("systemd refuses: " + first_text(body));
    }
  }
}

void add_text(BusWriter& properties, const char* name, const char* value) {
  properties.align(8);
  properties.text(name);
  properties.signature("s");
  properties.text(value);
}

void add_yes(BusWriter& properties, const char* name) {
  properties.align(8);
  properties.text(name);
  properties.signature("b");
  properties.number(1);
}

void add_process(BusWriter& properties, const char* name, pid_t pid) {
  properties.align(8);
  properties.text(name);
  properties.signature("au");
  const BusWriter::Array pids = properties.begin_array(4);
  properties.number(static_cast<std::uint32_t>(pid));
  properties.end_array(pids);
}

bool are_in(const std::string& unit) {
  return path_in(sys::read_file("/proc/self/cgroup")).ends_with("/" + unit);
}

}  // namespace

std::string systemd_socket(uid_t uid) {
  if (uid == 0) return sys::exists("/run/systemd/private") ? "/run/systemd/private" : "";
  const char* named = std::getenv("XDG_RUNTIME_DIR");
  for (const std::string& folder :
       {std::string(named == nullptr ? "" : named), fmt::format("/run/user/{}", uid)}) {
    const std::string path = folder + "/systemd/private";
    if (!folder.empty() && ::access(path.c_str(), W_OK) == 0) return path;
  }
  return "";
}

void move_into_scope(uid_t uid, const std::string& unit, const std::string& slice) {
  BusWriter arguments;
  arguments.text(unit);
  arguments.text("fail");  // when there is such a unit already
  const BusWriter::Array properties = arguments.begin_array(8);
  add_text(arguments, "Description", "Containers of pod");
  add_text(arguments, "CollectMode", "inactive-or-failed");
  if (!slice.empty()) add_text(arguments, "Slice", slice.c_str());
  add_yes(arguments, "Delegate");
  add_process(arguments, "PIDs", ::getpid());
  arguments.end_array(properties);
  const BusWriter::Array others = arguments.begin_array(8);
  arguments.end_array(others);
  call(uid, {"", "", "StartTransientUnit", "ssa(sv)a(sa(sv))", arguments.bytes()});
  for (int attempt = 0; attempt < kPatience * 1000; ++attempt) {
    if (are_in(unit)) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  throw base::Error("systemd has not moved us into " + unit);
}

void attach_to_unit(uid_t uid, const std::string& unit, const std::string& subgroup) {
  BusWriter arguments;
  arguments.text(unit);
  arguments.text(subgroup);
  const BusWriter::Array pids = arguments.begin_array(4);
  arguments.number(static_cast<std::uint32_t>(::getpid()));
  arguments.end_array(pids);
  call(uid, {"", "", "AttachProcessesToUnit", "ssau", arguments.bytes()});
}

}  // namespace cgroup
