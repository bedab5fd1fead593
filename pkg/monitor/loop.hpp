#pragma once

#include "pkg/base/json.hpp"
#include "pkg/monitor/protocol.hpp"
#include "pkg/monitor/watched.hpp"
#include "pkg/sys/process.hpp"
#include "pkg/sys/signals.hpp"

#include <csignal>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include <poll.h>

namespace monitor {

// A monitor's life. `monitor.cpp` has what happens by itself, `requests.cpp` what commands ask for.
class Loop {
 public:
  Loop(Workload& work, sys::Fd listener, sys::Fd first)
      : work_(work),
        listener_(std::move(listener)),
        self_(sys::find_process(::getpid()).value_or(sys::ProcessName{})) {
    clients_.push_back(std::make_unique<Client>());
    clients_.back()->socket = std::move(first);
  }

  void run() {
    while (has_work()) {
      wait_for_events();
      accept_clients();
      read_clients();
      move_streams();
      run_timers();
      heed_termination();
      advance_checks();
      reap_ended();
      work_.sweep();
      forget_gone_clients();
    }
  }

 private:
  bool has_work() const {
    return !watched_.empty() || !pod_queue_.empty() || (!is_served_ && !clients_.empty());
  }

  std::vector<pollfd> files_to_watch();
  void wait_for_events();
  int milliseconds_to_next_timer() const;
  bool would_sleep_long() const;
  void accept_clients();
  void read_clients();
  void serve(Client& client, Packet& packet);
  void request(Client& client, const base::Json& json);
  void move_streams();
  void run_timers();
  void heed_termination();
  void begin_checks();
  void advance_checks();
  void conclude_check(Watched& watched, HealthResult result);
  void heed(Watched& watched, OnUnhealthy action);
  void tell_of_health(Watched& watched);
  void reap_ended();
  bool is_last(const Watched& ended) const;
  void tell(const Watched& watched, const char* what);
  void tell_of_end(Watched& watched, bool restarts);
  void tell_of_retry(Watched& watched) const;
  static void write_end(const Watched& watched);
  void conclude(Watched& watched);
  void forget_gone_clients();

  void start(Client& client, const base::Json& json);
  void start_pod(Client& client);
  void continue_pod();
  void finish_pod_start();
  Watched& launch(const std::string& id, sys::WindowSize size = {});
  Watched& prepare(const std::string& id, sys::WindowSize size = {});
  void release(Watched& watched);
  void give_up(Watched& watched, const base::Error& error);
  void start_main_containers();
  void note_failure(const base::Error& error);
  void attach(Client& client, const base::Json& json);
  void stop(Client& client, const base::Json& json);
  void kill(Client& client, const base::Json& json);
  void pause(Client& client, const base::Json& json);
  void unpause(Client& client, const base::Json& json);
  void check(Client& client, const base::Json& json);

  Watched* find(const std::string& id);
  Watched& get(const std::string& id);
  std::vector<Client*> attached_to(const std::string& id);
  bool may_speak(const Client& client);
  void leave_caller();

  Workload& work_;
  sys::Fd listener_;
  sys::ProcessName self_;
  sys::SignalQueue terminations_{SIGTERM};
  std::vector<std::unique_ptr<Client>> clients_;
  std::vector<std::unique_ptr<Watched>> watched_;
  std::deque<std::string> pod_queue_;  // containers of the pod still to be started, in order
  std::vector<Client*> pod_starters_;
  std::vector<std::string> pod_failures_;
  int pod_failure_status_ = 125;
  std::vector<sys::Fd> starting_streams_;  // of the command that starts a container now
  bool is_served_ = false;
};

}  // namespace monitor
