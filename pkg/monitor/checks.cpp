// Health checks in the monitor's loop: a check is a process that is begun when it is due, listened
// to beside all else, and reaped when it has ended. Nothing here waits.
#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/monitor/loop.hpp"

#include <csignal>
#include <utility>

namespace monitor {
namespace {

bool is_due(const Watched& watched, Moment now) {
  return watched.checkup && watched.checkup->due() && *watched.checkup->due() <= now;
}

// Whoever is paused or about to end is not asked.
bool can_be_asked(Watched& watched) {
  return watched.has_process() && watched.state().status == Status::Running;
}

}  // namespace

void Loop::begin_checks() {
  const Moment now = Clock::now();
  for (const auto& watched : watched_) {
    if (!is_due(*watched, now)) continue;
    if (!can_be_asked(*watched)) {
      watched->checkup->skip(now);
      continue;
    }
    watched->checkup->postpone();
    if (!watched->probe) watched->begin_check(work_);
  }
}

void Loop::advance_checks() {
  begin_checks();
  for (const auto& watched : watched_) {
    if (!watched->probe) continue;
    if (auto result = watched->probe->advance(Clock::now())) {
      watched->probe.reset();
      conclude_check(*watched, std::move(*result));
    }
  }
}

void Loop::conclude_check(Watched& watched, HealthResult result) {
  const std::vector<Client*> waiting = std::exchange(watched.waiting_check, {});
  if (!can_be_asked(watched)) {  // it is paused or about to end: that answer says nothing
    watched.checkup->skip(Clock::now());
    for (Client* client : waiting)
      client->offer(base::Json::object({{"error", "it is paused or about to end"}}));
    return;
  }
  const int code = result.exit_code;
  const OnUnhealthy action = watched.checkup->take(std::move(result), Clock::now());
  tell_of_health(watched);
  if (watched.notifier && watched.checkup->health().status == "healthy") {
    watched.notifier->healthy();
  }
  const base::Json answer = base::Json::object(
      {{"ok", true}, {"status", watched.checkup->health().status}, {"result", code}});
  try {
    watched.write_health();
    for (Client* client : waiting)
      client->offer(answer);
    heed(watched, action);
  } catch (const base::Error& error) {  // somebody removes it at this moment
    base::log::debug("container {}: {}", watched.member().name, error.what());
  }
}

void Loop::heed(Watched& watched, OnUnhealthy action) {
  if (action == OnUnhealthy::None) return;
  watched.checkup->end();
  if (action == OnUnhealthy::Kill) return watched.signal(SIGKILL);
  watched.stop_requested = action == OnUnhealthy::Stop;
  watched.restart_requested = action == OnUnhealthy::Restart;
  watched.end(watched.member().stop_timeout, watched.member().stop_signal);
}

void Loop::tell_of_health(Watched& watched) {
  const Health& health = watched.checkup->health();
  events::Event event;
  event.status = "health_status";
  event.health_status = health.status;
  if (watched.member().health.log_destination == "events_logger") {
    event.health_log = health.log.back().output;
  }
  work_.tell(watched.id(), std::move(event));
}

void Loop::check(Client& client, const base::Json& json) {
  Watched& watched = get(json.at("id").as_string());
  if (!watched.checkup) throw base::Error("it has no health check");
  if (!can_be_asked(watched)) throw base::Error("it does not run");
  watched.waiting_check.push_back(&client);
  if (!watched.probe) watched.begin_check(work_);
}

}  // namespace monitor
