#include "pkg/registry/uploads.hpp"

#include "pkg/registry/upload.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>

namespace registry {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostAtOnce = 8;
constexpr std::size_t kMostSentAtOnce = 4;
constexpr std::chrono::milliseconds kTick(100);

std::chrono::milliseconds time_until(Clock::time_point moment) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(moment - Clock::now());
  return std::clamp(left + std::chrono::milliseconds(1), std::chrono::milliseconds(0), kTick);
}

class Queue {
 public:
  Queue(Session& session, std::span<const BlobOffer> offers) : session_(session) {
    for (const BlobOffer& offer : offers)
      uploads_.push_back(std::make_unique<Upload>(session, offer));
  }

  bool is_empty() const {
    return std::ranges::all_of(uploads_, [](const auto& one) { return one->is_done(); });
  }

  void turn() {
    start_due();
    session_.http().turn(time_to_wait());
    for (const auto& one : uploads_)
      one->judge_if_ended();
  }

  std::vector<BlobSending> state() const {
    std::vector<BlobSending> all;
    for (const auto& one : uploads_)
      all.push_back(one->sending());
    return all;
  }

 private:
  // A blob whose sending has begun goes on in any case.
  void start_due() {
    auto running = static_cast<std::size_t>(
        std::ranges::count_if(uploads_, [](const auto& one) { return one->is_running(); }));
    auto sending = static_cast<std::size_t>(
        std::ranges::count_if(uploads_, [](const auto& one) { return one->is_sending(); }));
    for (const auto& one : uploads_) {
      if (!one->is_due()) continue;
      const bool is_new = one->is_to_be_sent() && !one->is_sending();
      if (is_new && sending == kMostSentAtOnce) continue;
      if (!one->is_sending() && running >= kMostAtOnce) continue;
      one->start();
      ++running;
      if (is_new) ++sending;
    }
  }

  std::chrono::milliseconds time_to_wait() const {
    auto wait = kTick;
    for (const auto& one : uploads_) {
      if (!one->is_done() && !one->is_running()) {
        wait =
            std::min(wait, std::max(time_until(one->not_before()), std::chrono::milliseconds(1)));
      }
    }
    return wait;
  }

  Session& session_;
  std::vector<std::unique_ptr<Upload>> uploads_;
};

}  // namespace

std::vector<BlobOutcome> upload(Session& session, std::span<const BlobOffer> offers,
                                const Client::Tick& tick) {
  Queue queue(session, offers);
  Clock::time_point next_tick = Clock::now();
  while (!queue.is_empty()) {
    queue.turn();
    if (Clock::now() < next_tick) continue;
    if (tick) tick(queue.state());
    next_tick = Clock::now() + kTick;
  }
  std::vector<BlobOutcome> outcomes;
  for (const BlobSending& one : queue.state())
    outcomes.push_back(one.outcome.value());
  if (tick) tick(queue.state());
  return outcomes;
}

}  // namespace registry
