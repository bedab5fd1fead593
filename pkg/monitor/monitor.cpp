// The monitor's life: one loop over the descriptors of its containers and of the commands that talk
// to it. It sleeps whenever nothing happens; the only timers are those of a stop, a restart's
// back-off, a container's time limit or its health check.
//
// A container's output goes to its log and to every attached command. A command that does not read
// stops its container's output (its pipe fills up) rather than losing any of it.
#include "pkg/monitor/monitor.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/monitor/loop.hpp"
#include "pkg/sys/memory.hpp"
#include "pkg/sys/socket.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <utility>

#include <fcntl.h>
#include <poll.h>

namespace monitor {
namespace {

constexpr int kSettled = 20;  // milliseconds without an event after which memory is given back

bool has_room(const std::vector<Client*>& clients) {
  return std::all_of(clients.begin(), clients.end(),
                     [](const Client* client) { return client->has_room(); });
}

}  // namespace

Watched* Loop::find(const std::string& id) {
  const auto found = std::find_if(watched_.begin(), watched_.end(),
                                  [&](const auto& watched) { return watched->id() == id; });
  return found == watched_.end() ? nullptr : found->get();
}

Watched& Loop::get(const std::string& id) {
  Watched* watched = find(id);
  if (watched == nullptr) throw base::Error("it does not run");
  return *watched;
}

std::vector<Client*> Loop::attached_to(const std::string& id) {
  std::vector<Client*> attached;
  for (const auto& client : clients_) {
    if (client->attached == id && !client->is_gone) attached.push_back(client.get());
  }
  return attached;
}

std::vector<pollfd> Loop::files_to_watch() {
  std::vector<pollfd> polls = {{listener_.get(), POLLIN, 0},
                               {terminations_.file().get(), POLLIN, 0}};
  for (const auto& client : clients_) {
    const int events = (may_speak(*client) ? POLLIN : 0) | (client->has_room() ? 0 : POLLOUT);
    polls.push_back({client->socket.get(), static_cast<short>(events), 0});  // NOLINT
  }
  for (const auto& watched : watched_) {
    const bool reads = has_room(attached_to(watched->id()));
    if (watched->has_process()) polls.push_back({watched->process().get(), POLLIN, 0});
    if (reads && watched->out() >= 0) polls.push_back({watched->out(), POLLIN, 0});
    if (reads && watched->err() >= 0) polls.push_back({watched->err(), POLLIN, 0});
    if (watched->in() >= 0) polls.push_back({watched->in(), POLLOUT, 0});
    if (watched->probe) watched->probe->watch(polls);
    if (watched->notifier && watched->notifier->file() >= 0) {
      polls.push_back({watched->notifier->file(), POLLIN, 0});
    }
  }
  return polls;
}

void Loop::wait_for_events() {
  std::vector<pollfd> polls = files_to_watch();
  const bool sleeps_long = is_served_ && would_sleep_long();
  if (sleeps_long && ::poll(polls.data(), polls.size(), kSettled) != 0) return;
  const int timeout = milliseconds_to_next_timer();
  if (sleeps_long) {  // nothing has happened for a while: it may be long until something does
    sys::poll_for_long(polls, timeout);
  } else {
    ::poll(polls.data(), polls.size(), timeout);
  }
}

bool Loop::would_sleep_long() const {
  const int timeout = milliseconds_to_next_timer();
  return timeout < 0 || timeout > 2 * kSettled;
}

int Loop::milliseconds_to_next_timer() const {
  std::optional<Moment> next;
  const auto consider = [&](const std::optional<Moment>& moment) {
    if (moment && (!next || *moment < *next)) next = moment;
  };
  for (const auto& watched : watched_) {
    consider(watched->kill_at);
    consider(watched->restart_at);
    if (watched->checkup) consider(watched->checkup->due());
    if (watched->probe) consider(watched->probe->deadline());
  }
  if (!next) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*next - Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
}

void Loop::accept_clients() {
  while (auto socket = sys::accept_from(listener_)) {
    clients_.push_back(std::make_unique<Client>());
    clients_.back()->socket = std::move(*socket);
  }
}

void Loop::read_clients() {
  // By index: serving a client may not add one, but its answer may come late.
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    Client& client = *clients_[i];
    client.flush();
    pollfd poll{client.socket.get(), POLLIN, 0};
    while (!client.is_gone && may_speak(client) && ::poll(&poll, 1, 0) > 0) {
      auto packet = receive(client.socket);
      if (packet) {
        serve(client, *packet);
      } else {
        client.is_gone = true;
      }
    }
  }
}

// Not while its container does not take the input that it has sent.
bool Loop::may_speak(const Client& client) {
  const Watched* watched = client.attached.empty() ? nullptr : find(client.attached);
  return watched == nullptr || !watched->is_input_full();
}

void Loop::move_streams() {
  for (const auto& watched : watched_) {
    const auto attached = attached_to(watched->id());
    watched->write_input();
    if (watched->notifier) watched->notifier->forward();
    for (const Stream stream : {Stream::Out, Stream::Err}) {
      if (has_room(attached)) watched->forward(stream, attached);
    }
  }
}

void Loop::run_timers() {
  const Moment now = Clock::now();
  std::vector<std::string> due;
  for (const auto& watched : watched_) {
    if (watched->kill_at && *watched->kill_at <= now) {
      watched->kill_at.reset();
      watched->killed_by_timeout = watched->stop_requested;
      watched->stop_requested = true;
      watched->signal(SIGKILL);
    }
    if (watched->restart_at && *watched->restart_at <= now) due.push_back(watched->id());
  }
  for (const std::string& id : due) {
    try {
      launch(id);
    } catch (const base::Error&) {
      continue;  // its state says why
    }
  }
}

// At the end of a login, of a unit or of the machine all are told to end: the containers get their
// own signal and their time, and it is written down how they ended.
void Loop::heed_termination() {
  if (!terminations_.next()) return;
  while (terminations_.next()) {
  }
  pod_queue_.clear();
  std::vector<Watched*> waiting;  // for their restart
  for (const auto& watched : watched_) {
    watched->stop_requested = true;
    watched->restart_requested = false;
    if (!watched->has_process()) {
      waiting.push_back(watched.get());
    } else if (watched->state().status != Status::Stopping) {
      const bool is_paused = watched->state().status == Status::Paused;
      const Member& member = watched->member();
      watched->end(is_paused ? 0 : member.stop_timeout, member.stop_signal);
    }
  }
  for (Watched* watched : waiting)
    conclude(*watched);
}

void Loop::reap_ended() {
  std::vector<Watched*> ended;
  for (const auto& watched : watched_) {
    if (!watched->has_process() || !sys::wait_for_end(watched->process(), 0)) continue;
    const auto attached = attached_to(watched->id());
    bool is_drained = has_room(attached);
    while (is_drained && (watched->forward_rest(Stream::Out, attached) ||
                          watched->forward_rest(Stream::Err, attached))) {
      is_drained = has_room(attached);
    }
    if (is_drained) ended.push_back(watched.get());
  }
  for (Watched* watched : ended) {
    watched->reap(work_);
    conclude(*watched);
  }
}

bool Loop::is_last(const Watched& ended) const {
  return pod_queue_.empty() &&
         std::all_of(watched_.begin(), watched_.end(),
                     [&](const auto& other) { return other.get() == &ended; });
}

// Whoever waits for the pod's start hears why it takes so long.
void Loop::tell_of_retry(Watched& watched) const {
  if (pod_starters_.empty() || !watched.member().is_init) return;
  base::log::warn("init container {} ended with status {}; it is tried again",
                  watched.member().name, watched.state().exit_code);
}

void Loop::tell(const Watched& watched, const char* what) {
  events::Event event;
  event.status = what;
  work_.tell(watched.id(), std::move(event));
}

void Loop::tell_of_end(Watched& watched, bool restarts) {
  if (watched.state().oom_killed) tell(watched, "oom");
  events::Event died;
  died.status = "died";
  died.exit_code = watched.state().exit_code;
  died.oom_killed = watched.state().oom_killed;
  work_.tell(watched.id(), std::move(died));
  if (!watched.waiting_stop.empty()) tell(watched, "stop");
  if (restarts) return tell(watched, "restart");
  if (!watched.member().remove) tell(watched, "cleanup");
}

// Those who listen hear of it even so, and other containers of the pod live on.
void Loop::write_end(const Watched& watched) {
  try {
    watched.write_state();
  } catch (const base::Error& error) {  // somebody removed it meanwhile, or the disk is full
    base::log::debug("container {}: {}", watched.member().name, error.what());
  }
}

// After an end: again, or for good.
void Loop::conclude(Watched& watched) {
  const std::string id = watched.id();
  for (Client* client : std::exchange(watched.waiting_check, {})) {
    client->offer(base::Json::object({{"error", "it has ended"}}));
  }
  const bool restarts = watched.plan_restart().has_value();
  tell_of_end(watched, restarts);
  if (watched.member().remove && !restarts) {
    work_.remove(id);
  } else {
    write_end(watched);
  }
  if (restarts) return tell_of_retry(watched);
  if (is_last(watched)) work_.rest();  // before anybody hears of the end: its ports are free then
  const int code = watched.state().exit_code;
  const base::Json end = base::Json::object({{"exit", code}});
  for (Client* client : attached_to(id))
    client->offer(end);
  for (Client* client : watched.waiting_end)
    client->offer(end);
  for (Client* client : watched.waiting_stop) {
    client->offer(base::Json::object({{"ok", true}, {"killed", watched.killed_by_timeout}}));
  }
  const bool is_init = watched.member().is_init;
  const std::string name = watched.member().name;
  std::erase_if(watched_, [&](const auto& other) { return other.get() == &watched; });
  if (!is_init || pod_queue_.empty() || pod_queue_.front() != id) return;
  if (code == 0) {
    pod_queue_.pop_front();
  } else {
    pod_failures_.push_back("init container " + name + " ended with status " +
                            std::to_string(code));
    pod_queue_.clear();
  }
  continue_pod();
}

void Loop::forget_gone_clients() {
  const auto is_gone = [](const Client* client) { return client->is_gone; };
  std::erase_if(pod_starters_, is_gone);
  for (const auto& watched : watched_) {
    std::erase_if(watched->waiting_stop, is_gone);
    std::erase_if(watched->waiting_end, is_gone);
    std::erase_if(watched->waiting_check, is_gone);
  }
  std::erase_if(clients_, [](const auto& client) { return client->is_gone; });
}

void run(Workload& work, sys::Fd listener, sys::Fd first) {
  sys::set_title("pod-monitor");
  ::signal(SIGPIPE, SIG_IGN);
  ::fcntl(listener.get(), F_SETFL, O_NONBLOCK);
  Loop(work, std::move(listener), std::move(first)).run();
}

}  // namespace monitor
