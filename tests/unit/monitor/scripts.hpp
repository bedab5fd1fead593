#pragma once

#include "pkg/base/error.hpp"
#include "pkg/monitor/monitor.hpp"
#include "pkg/monitor/protocol.hpp"
#include "pkg/monitor/state.hpp"
#include "pkg/sys/child.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/process.hpp"
#include "pkg/sys/socket.hpp"
#include "tests/unit/monitor/folder.hpp"

#include <csignal>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

// A monitor of shell scripts, in a process of its own as in life.

// A container is a script; what the monitor has us do goes to a file.
class Scripts : public monitor::Workload {
 public:
  struct Script {
    monitor::Member member;
    std::string text;
  };

  Scripts(std::string folder, std::vector<Script> scripts)
      : folder_(std::move(folder)), scripts_(std::move(scripts)) {}

  monitor::Member member(const std::string& id) override { return find(id).member; }
  std::vector<std::string> members() override {
    std::vector<std::string> ids;
    for (const Script& script : scripts_)
      ids.push_back(script.member.id);
    return ids;
  }
  runtime::Launched launch(const std::string& id, const monitor::Streams& streams) override {
    const std::string text = find(id).text;
    note("launch " + id);
    if (text.empty()) throw base::Error("no such command", 127);
    const sys::Fd null = sys::open_file("/dev/null");
    sys::Child child =
        sys::Child::spawn({"/bin/sh", "-c", text},
                          {streams.in < 0 ? null.get() : streams.in, streams.out, streams.err});
    runtime::Launched launched;
    launched.pid = child.release();
    launched.process = sys::open_child(launched.pid);
    return launched;
  }
  void release(const std::string&, runtime::Launched&) override {}
  runtime::Executed probe(const std::string& id, const runtime::Launched&,
                          const std::vector<std::string>& test, int out) override {
    note("probe " + id);
    if (test.at(1).empty()) throw base::Error("no such check", 127);
    const sys::Fd null = sys::open_file("/dev/null");
    runtime::Executed executed;
    executed.pid =
        sys::Child::spawn({"/bin/sh", "-c", test.at(1)}, {null.get(), out, out}).release();
    executed.process = sys::open_child(executed.pid);
    return executed;
  }
  std::string cgroup(const std::string&) override { return ""; }
  bool ended(const std::string& id) override {
    note("ended " + id);
    return false;
  }
  void remove(const std::string& id) override { note("remove " + id); }
  void sweep() override {}
  void tell(const std::string&, events::Event event) override {
    std::string text = "  " + event.status;
    if (event.exit_code) text += " " + std::to_string(*event.exit_code);
    if (!event.health_status.empty()) text += " " + event.health_status;
    const sys::Fd file = sys::open_file(folder_ + "/told", O_WRONLY | O_CREAT | O_APPEND);
    sys::write_all(file, text + "\n");
  }
  void rest() override { note("rest"); }

 private:
  const Script& find(const std::string& id) const {
    for (const Script& script : scripts_) {
      if (script.member.id == id) return script;
    }
    throw base::Error("no container " + id);
  }
  void note(const std::string& what) const {
    const sys::Fd file = sys::open_file(folder_ + "/done", O_WRONLY | O_CREAT | O_APPEND);
    sys::write_all(file, what + "\n");
  }

  std::string folder_;
  std::vector<Script> scripts_;
};

class MonitorLoop : public WithFolder {
 protected:
  // A container called `id` that runs this script.
  monitor::Member& add(const std::string& id, const std::string& text) {
    Scripts::Script& script = scripts_.emplace_back();
    script.member.id = id;
    script.member.name = id;
    script.member.runtime_directory = folder + "/" + id;
    script.member.log_path = folder + "/" + id + ".log";
    script.text = text;
    sys::make_dirs(script.member.runtime_directory);
    return script.member;
  }

  // Forks the monitor and sends the first request.
  void begin(const base::Json& request) {
    sys::Fd listener = sys::listen_at(folder, monitor::kSocketName);
    auto [ours, theirs] = sys::make_socket_pair();
    const pid_t pid = ::fork();
    if (pid == 0) {
      ours.reset();
      Scripts work(folder, scripts_);
      monitor::run(work, std::move(listener), std::move(theirs));
      ::_exit(0);
    }
    monitor_ = sys::Child(pid);
    first = std::move(ours);
    monitor::send(first, request);
  }
  static base::Json request(const char* what, const char* id) {
    return base::Json::object({{"do", what}, {"id", id}});
  }
  static base::Json start(const char* id, bool attach = false) {
    base::Json json = request("start", id);
    json["attach"] = attach;
    return json;
  }
  static base::Json answer(const sys::Fd& socket) {
    const auto packet = monitor::receive(socket);
    return packet ? packet->json() : base::Json::object({{"gone", true}});
  }
  // A further command's request.
  sys::Fd ask(const base::Json& what) const {
    auto socket = sys::connect_to(folder, monitor::kSocketName);
    if (!socket) throw base::Error("no monitor");
    monitor::send(*socket, what);
    return std::move(*socket);
  }
  monitor::State state(const std::string& id) const {
    return monitor::read_state(folder + "/" + id, "");
  }
  std::string done() const { return sys::find_file(folder + "/done").value_or(""); }
  std::string told() const { return sys::find_file(folder + "/told").value_or(""); }
  // All that is heard, by kind, up to the answer that tells the end.
  std::map<char, std::string> hear(const sys::Fd& socket) {
    std::map<char, std::string> heard;
    while (const auto packet = monitor::receive(socket)) {
      if (packet->kind != monitor::Kind::Json) {
        heard[static_cast<char>(packet->kind)] += packet->bytes;
      } else if (packet->json().find("exit") != nullptr) {
        heard['x'] = std::to_string(packet->json().at("exit").as_integer());
        break;
      }
    }
    return heard;
  }
  int monitor_end() { return monitor_.wait(); }
  void kill_now(const char* id) const {
    base::Json kill = request("kill", id);
    kill["signal"] = SIGKILL;
    answer(ask(kill));
  }

  sys::Fd first;

 private:
  std::vector<Scripts::Script> scripts_;
  sys::Child monitor_;
};
