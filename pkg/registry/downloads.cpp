#include "pkg/registry/downloads.hpp"

#include "pkg/base/text.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace registry {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostAtOnce = 8;
constexpr std::size_t kMostErrorBytes = std::size_t{64} << 10U;
// Earns new patience: the slowest line that is not cut brings about as much before it is.
constexpr std::int64_t kProgress = std::int64_t{64} << 10U;
constexpr std::chrono::milliseconds kTick(100);

bool is_web_address(const std::string& url) {
  return url.starts_with("https://") || url.starts_with("http://");
}

// "bytes 100-199/200" must go from `first` to the end of `size` bytes.
bool is_range(const std::string& text, std::int64_t first, std::int64_t size) {
  const auto [range, total] = base::split_once(text, '/');
  if (range != "bytes " + std::to_string(first) + "-" + std::to_string(size - 1)) return false;
  return total == "*" || total == std::to_string(size);
}

// One blob on its way from the registry into its sink.
class Download : public Receiver {
 public:
  Download(Session& session, const BlobRequest& request);

  bool is_done() const { return is_done_; }
  bool is_running() const { return exchange_ != nullptr; }
  bool is_due() const { return !is_done_ && !is_running() && Clock::now() >= not_before_; }
  Clock::time_point not_before() const { return not_before_; }

  void start();
  // After the exchange has ended: done, or to be started again. Throws when it is hopeless.
  void judge_if_ended();

  void begin(const Head& head) override;
  bool accept(std::string_view bytes) override;
  void end(const Ending& ending) override;

 private:
  Request next_request();
  void finish();
  bool take(std::string_view bytes);
  bool try_next_source();
  bool try_without_range();
  void recover();
  std::string counted() const;

  Session& session_;
  const oci::Descriptor& blob_;
  Sink& sink_;
  Attempt attempt_;
  std::vector<std::string> sources_;  // addresses outside the registry, asked without credentials
  std::size_t source_ = 0;            // 0: the registry itself

  std::unique_ptr<Exchange> exchange_;
  Answer answer_;
  bool has_ended_ = false;
  bool is_wanted_ = false;       // the body is the blob, and not about an error
  bool asks_for_range_ = true;   // as long as nobody says that there is no such thing
  std::int64_t received_ = 0;    // bytes that the sink has
  std::int64_t discarded_ = 0;   // of those that come again
  std::int64_t at_failure_ = 0;  // `received_` when the last failure was counted
  Clock::time_point not_before_;
  bool is_done_ = false;
};

Download::Download(Session& session, const BlobRequest& request)
    : session_(session),
      blob_(request.blob),
      sink_(*request.sink),
      attempt_{.object = session.repository() + ": blob " + request.blob.digest.text(),
               .authorization = ""},
      received_(request.begin),
      at_failure_(request.begin) {
  for (const std::string& url : blob_.urls) {
    if (is_web_address(url)) sources_.push_back(url);
  }
}

Request Download::next_request() {
  if (source_ > 0) {
    return {.url = sources_[source_ - 1], .authorization = "", .headers = {}, .form = std::nullopt};
  }
  return session_.request("/blobs/" + blob_.digest.text(), attempt_);
}

void Download::start() {
  if (received_ > 0 && received_ == blob_.size) return finish();
  Request request = next_request();
  if (received_ > 0 && asks_for_range_) {
    request.headers.push_back("Range: bytes=" + std::to_string(received_) + "-" +
                              std::to_string(blob_.size - 1));
  }
  answer_ = {};
  has_ended_ = false;
  is_wanted_ = false;
  discarded_ = 0;
  exchange_ = session_.http().start(std::move(request), *this);
}

void Download::begin(const Head& head) {
  answer_.head = head;
  session_.note_contact();
  if (head.status == 200) {
    discarded_ = 0;
    const auto length = base::parse_integer(head.find("content-length").value_or(""));
    is_wanted_ = !length || *length == blob_.size;
    if (length && *length > blob_.size) {
      throw session_.failure(attempt_, "the registry offers " + std::to_string(*length) +
                                           " bytes where the manifest says " +
                                           std::to_string(blob_.size));
    }
    if (!is_wanted_) answer_.ending.message = "only " + std::to_string(*length) + " are offered";
  } else if (head.status == 206 && received_ > 0) {
    discarded_ = received_;
    is_wanted_ = is_range(head.find("content-range").value_or(""), received_, blob_.size);
    if (!is_wanted_) answer_.ending.message = "another range came than was asked for";
  }
}

bool Download::accept(std::string_view bytes) {
  if (is_wanted_) return take(bytes);
  const std::size_t room = kMostErrorBytes - std::min(kMostErrorBytes, answer_.body.size());
  answer_.body += bytes.substr(0, room);
  return true;
}

// Of a body that begins anew only what the sink has not seen.
bool Download::take(std::string_view bytes) {
  const auto again =
      std::min<std::int64_t>(received_ - discarded_, static_cast<std::int64_t>(bytes.size()));
  const std::string_view fresh = bytes.substr(static_cast<std::size_t>(again));
  const auto count = static_cast<std::int64_t>(fresh.size());
  if (received_ + count > blob_.size) {
    throw session_.failure(attempt_,
                           "more bytes came than the " + std::to_string(blob_.size) + " promised");
  }
  if (!fresh.empty() && !sink_.accept(fresh)) return false;
  received_ += count;
  discarded_ += again + count;
  return true;
}

void Download::end(const Ending& ending) {
  const std::string complaint = std::exchange(answer_.ending.message, "");
  answer_.ending = ending;
  has_ended_ = true;
  const bool is_success = answer_.head.status == 200 || answer_.head.status == 206;
  if (ending.kind != Ending::Kind::Answered || !is_success) return;
  if (received_ == blob_.size && is_wanted_) return;
  answer_.ending.kind = Ending::Kind::Broken;
  answer_.ending.message = complaint.empty() ? "the body was too short" : complaint;
}

void Download::judge_if_ended() {
  if (!has_ended_ || exchange_ == nullptr) return;
  exchange_.reset();
  if (answer_.ending.kind == Ending::Kind::Answered && is_wanted_) return finish();
  if (try_without_range() || try_next_source()) return;
  recover();
}

void Download::finish() {
  sink_.finish();
  is_done_ = true;
}

// 416: then all of it comes again, and what is here is skipped.
bool Download::try_without_range() {
  constexpr int kRangeNotSatisfiable = 416;
  const bool is_refused =
      answer_.ending.kind == Ending::Kind::Answered && answer_.head.status == kRangeNotSatisfiable;
  if (!is_refused || received_ == 0 || !asks_for_range_) return false;
  asks_for_range_ = false;
  return true;
}

bool Download::try_next_source() {
  const bool is_missing =
      answer_.ending.kind == Ending::Kind::Answered && answer_.head.status == 404;
  if (!is_missing || source_ == sources_.size()) return false;
  ++source_;
  return true;
}

void Download::recover() {
  if (received_ - at_failure_ >= kProgress) attempt_.failures = 0;
  at_failure_ = received_;
  if (answer_.ending.kind == Ending::Kind::Broken) {
    answer_.ending.message += " (" + counted() + ")";
  }
  not_before_ = Clock::now() + session_.recover(attempt_, answer_);
}

std::string Download::counted() const {
  return std::to_string(received_) + " of " + std::to_string(blob_.size) + " bytes are here";
}

std::chrono::milliseconds time_until(Clock::time_point moment) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(moment - Clock::now());
  return std::clamp(left + std::chrono::milliseconds(1), std::chrono::milliseconds(0), kTick);
}

class Queue {
 public:
  Queue(Session& session, std::span<const BlobRequest> requests) : session_(session) {
    for (const BlobRequest& request : requests)
      downloads_.push_back(std::make_unique<Download>(session, request));
  }

  bool is_empty() const {
    return std::all_of(downloads_.begin(), downloads_.end(),
                       [](const auto& one) { return one->is_done(); });
  }

  void turn() {
    start_due();
    session_.http().turn(time_to_wait());
    for (const auto& one : downloads_)
      one->judge_if_ended();
  }

 private:
  void start_due() {
    auto running = static_cast<std::size_t>(std::count_if(
        downloads_.begin(), downloads_.end(), [](const auto& one) { return one->is_running(); }));
    for (const auto& one : downloads_) {
      if (running == kMostAtOnce) return;
      if (!one->is_due()) continue;
      one->start();
      ++running;
    }
  }

  std::chrono::milliseconds time_to_wait() const {
    auto wait = kTick;
    for (const auto& one : downloads_) {
      if (!one->is_done() && !one->is_running())
        wait = std::min(wait, time_until(one->not_before()));
    }
    return wait;
  }

  Session& session_;
  std::vector<std::unique_ptr<Download>> downloads_;
};

}  // namespace

void download(Session& session, std::span<const BlobRequest> requests,
              const std::function<void()>& tick) {
  Queue queue(session, requests);
  Clock::time_point next_tick = Clock::now();
  while (!queue.is_empty()) {
    queue.turn();
    if (Clock::now() < next_tick) continue;
    if (tick) tick();
    next_tick = Clock::now() + kTick;
  }
}

}  // namespace registry
