// What commands ask of a monitor; see protocol.hpp.
#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/monitor/loop.hpp"

#include <algorithm>
#include <csignal>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace monitor {
namespace {

sys::WindowSize size_in(const base::Json& json) {
  return {static_cast<unsigned short>(json.integer_or("rows", 0)),      // NOLINT
          static_cast<unsigned short>(json.integer_or("columns", 0))};  // NOLINT
}

constexpr const char* kIsPaused = "it is paused: unpause it first";

}  // namespace

void Loop::serve(Client& client, Packet& packet) {
  Watched* attached = find(client.attached);
  if (packet.kind == Kind::Input && attached != nullptr) attached->take_input(packet.bytes);
  if (packet.kind == Kind::InputEnd && attached != nullptr) attached->end_input();
  if (packet.kind != Kind::Json) return;
  client.passed = std::move(packet.files);
  try {
    request(client, packet.json());
  } catch (const base::Error& error) {
    client.offer(base::Json::object({{"error", error.what()}, {"status", error.status()}}));
  }
  client.passed.clear();
  starting_streams_.clear();
  if (!is_served_ && pod_queue_.empty()) leave_caller();
}

void Loop::request(Client& client, const base::Json& json) {
  const std::string what = json.at("do").as_string();
  if (what == "start") return start(client, json);
  if (what == "start-pod") return start_pod(client);
  if (what == "attach") return attach(client, json);
  if (what == "stop") return stop(client, json);
  if (what == "kill") return kill(client, json);
  if (what == "pause") return pause(client, json);
  if (what == "unpause") return unpause(client, json);
  if (what == "check") return check(client, json);
  const std::string id = json.at("id").as_string();
  if (what == "update") {
    get(id).update(work_.member(id));
    client.offer(base::Json::object({{"ok", true}}));
  } else if (what == "wait") {
    get(id).waiting_end.push_back(&client);
  } else if (what == "resize") {
    get(id).resize(static_cast<unsigned short>(json.integer_or("rows", 0)),      // NOLINT
                   static_cast<unsigned short>(json.integer_or("columns", 0)));  // NOLINT
  } else {
    throw base::Error("request " + what + ": unknown");
  }
}

// What was said on standard error until now reached the command that started us; from now on nobody
// listens there, and it must not be kept open.
void Loop::leave_caller() {
  is_served_ = true;
  const sys::Fd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  ::dup2(null.get(), STDERR_FILENO);
}

Watched& Loop::launch(const std::string& id, sys::WindowSize size) {
  Watched& watched = prepare(id, size);
  release(watched);
  return watched;
}

// Its process is there and waits.
Watched& Loop::prepare(const std::string& id, sys::WindowSize size) {
  Watched* watched = find(id);
  if (watched == nullptr) {
    watched_.push_back(std::make_unique<Watched>(work_.member(id), self_));
    watched = watched_.back().get();
  }
  if (!starting_streams_.empty()) watched->take_streams(std::exchange(starting_streams_, {}));
  try {
    watched->launch(work_, size);
  } catch (const base::Error& error) {
    give_up(*watched, error);
    throw;
  }
  return *watched;
}

void Loop::release(Watched& watched) {
  try {
    watched.release(work_);
    watched.write_state();
    tell(watched, "init");
    tell(watched, "start");
  } catch (const base::Error& error) {
    give_up(watched, error);
    throw;
  }
}

void Loop::give_up(Watched& watched, const base::Error& error) {
  watched.state().error = error.what();
  watched.state().exit_code = error.status();
  watched.state().finished = base::now();
  write_end(watched);
  if (watched.member().remove) work_.remove(watched.id());
  std::erase_if(watched_, [&](const auto& other) { return other.get() == &watched; });
}

void Loop::start(Client& client, const base::Json& json) {
  const std::string id = json.at("id").as_string();
  const bool attaches = json.bool_or("attach", false);
  Watched* running = find(id);
  if (running != nullptr && running->state().status == Status::Paused) {
    throw base::Error(running->member().name + ": " + kIsPaused);
  }
  if (attaches) client.attached = id;
  if (running == nullptr || !running->has_process()) {
    starting_streams_ = std::move(client.passed);
    running = &launch(id, size_in(json));
  }
  if (attaches) tell(*running, "attach");
  client.offer(base::Json::object({{"ok", true}}));
}

void Loop::start_pod(Client& client) {
  if (pod_queue_.empty()) {
    const bool is_first = watched_.empty();  // else its init containers have done their work
    std::deque<std::string> queue;  // a member that is removed meanwhile must not leave half of it
    for (std::string& id : work_.members()) {
      if (find(id) != nullptr || (!is_first && work_.member(id).is_init)) continue;
      queue.push_back(std::move(id));
    }
    pod_queue_ = std::move(queue);
  }
  pod_starters_.push_back(&client);
  continue_pod();
}

// Init containers run alone, each to its end; `conclude` calls again when one has succeeded.
void Loop::continue_pod() {
  while (!pod_queue_.empty()) {
    const std::string id = pod_queue_.front();
    if (find(id) != nullptr) return;  // an init container that runs, or waits for its next try
    try {
      if (!work_.member(id).is_init) break;
      launch(id);
      return;
    } catch (const base::Error& error) {
      note_failure(error);
    }
    pod_queue_.pop_front();
  }
  start_main_containers();
  finish_pod_start();
}

// All are set up before the first runs: meanwhile the network gets ready.
void Loop::start_main_containers() {
  std::vector<Watched*> prepared;
  for (const std::string& id : std::exchange(pod_queue_, {})) {
    try {
      prepared.push_back(&prepare(id));
    } catch (const base::Error& error) {
      note_failure(error);
    }
  }
  for (Watched* watched : prepared) {
    try {
      release(*watched);
    } catch (const base::Error& error) {
      note_failure(error);
    }
  }
}

void Loop::note_failure(const base::Error& error) {
  pod_failures_.emplace_back(error.what());
  pod_failure_status_ = error.status();
}

void Loop::finish_pod_start() {
  base::Json answer = base::Json::object({{"ok", pod_failures_.empty()}});
  if (!pod_failures_.empty()) {
    answer["error"] = pod_failures_.front();
    answer["failures"] = static_cast<std::int64_t>(pod_failures_.size());
    answer["status"] = pod_failure_status_;
  }
  for (Client* client : pod_starters_)
    client->offer(answer);
  pod_starters_.clear();
  pod_failures_.clear();
  if (!is_served_) leave_caller();
}

void Loop::attach(Client& client, const base::Json& json) {
  const std::string id = json.at("id").as_string();
  client.attached = get(id).id();
  tell(get(id), "attach");
  client.offer(base::Json::object({{"ok", true}}));
}

void Loop::stop(Client& client, const base::Json& json) {
  Watched& watched = get(json.at("id").as_string());
  const std::int64_t timeout = json.integer_or("timeout", watched.member().stop_timeout);
  const bool is_paused = watched.state().status == Status::Paused;
  if (is_paused && !json.bool_or("force", false)) throw base::Error(kIsPaused);
  watched.stop_requested = true;
  watched.restart_requested = false;
  watched.waiting_stop.push_back(&client);
  if (!watched.has_process()) {  // waiting for its restart
    conclude(watched);
    return;
  }
  // What is halted hears nothing but SIGKILL.
  const auto signal = json.integer_or("signal", watched.member().stop_signal);
  watched.end(is_paused ? 0 : timeout, static_cast<int>(signal));
}

void Loop::kill(Client& client, const base::Json& json) {
  Watched& watched = get(json.at("id").as_string());
  if (!watched.has_process()) throw base::Error("it does not run");
  const int signal = static_cast<int>(json.at("signal").as_integer());
  const std::initializer_list<int> ends = {SIGKILL, SIGTERM, SIGINT, SIGQUIT,
                                           watched.member().stop_signal};
  // Whoever kills does not want it back; others, like SIGHUP, are how programs are talked to.
  if (std::find(ends.begin(), ends.end(), signal) != ends.end()) {
    watched.stop_requested = true;
    watched.restart_requested = false;
  }
  watched.signal(signal);
  tell(watched, "kill");
  client.offer(base::Json::object({{"ok", true}}));
}

void Loop::pause(Client& client, const base::Json& json) {
  Watched& watched = get(json.at("id").as_string());
  const Status status = watched.state().status;
  if (status == Status::Paused) throw base::Error("it is paused already");
  if (!watched.has_process() || status != Status::Running) {
    throw base::Error("it does not run: its state is " + status_word(status));
  }
  watched.pause.begin(watched.state());
  watched.state().status = Status::Paused;
  watched.write_state();
  tell(watched, "pause");
  client.offer(base::Json::object({{"ok", true}}));
}

void Loop::unpause(Client& client, const base::Json& json) {
  Watched& watched = get(json.at("id").as_string());
  const Status status = watched.state().status;
  if (status != Status::Paused) {
    throw base::Error("it is not paused: its state is " + status_word(status));
  }
  watched.pause.end(watched.state());
  watched.state().status = Status::Running;
  watched.write_state();
  tell(watched, "unpause");
  client.offer(base::Json::object({{"ok", true}}));
}

}  // namespace monitor
