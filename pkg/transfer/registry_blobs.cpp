#include "pkg/transfer/registry_blobs.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/fd.hpp"
#include "pkg/sys/signals.hpp"
#include "pkg/transfer/keeping.hpp"
#include "pkg/transfer/line.hpp"
#include "pkg/transfer/ring.hpp"
#include "pkg/transfer/room.hpp"
#include "storage/partial_blob.hpp"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <memory>
#include <string>
#include <utility>

#include <unistd.h>

namespace transfer {
namespace {

constexpr std::size_t kBuffered = std::size_t{1} << 20U;
constexpr std::size_t kPiece = std::size_t{256} << 10U;

// What unpacked layers take of the disk, at most, for each byte that comes: all in all a guess.
constexpr std::int64_t kInflated = 4;

// What an earlier pull has brought, then what arrives.
class BlobSource : public tar::Source {
 public:
  // `is_fed` becomes true at the end of what was kept.
  BlobSource(std::shared_ptr<Ring> ring, const storage::PartialBlob& part,
             std::atomic<bool>& is_fed)
      : ring_(std::move(ring)), is_fed_(is_fed), left_(part.size()) {
    is_fed_ = left_ == 0;
    if (left_ == 0) return;
    kept_ = part.open();
    buffer_.resize(kPiece);
  }

  std::string_view read() override {
    if (left_ == 0 || ring_->has_failed()) return ring_->take();
    const std::size_t wanted = std::min(kPiece, static_cast<std::size_t>(left_));
    const ssize_t count = ::read(kept_.get(), buffer_.data(), wanted);
    if (count < 0) throw base::SysError("what was kept");
    if (count == 0) throw base::Error("what was kept has become shorter");
    left_ -= count;
    if (left_ == 0) is_fed_ = true;
    return std::string_view(buffer_).substr(0, static_cast<std::size_t>(count));
  }

 private:
  std::shared_ptr<Ring> ring_;
  std::atomic<bool>& is_fed_;
  sys::Fd kept_;
  std::int64_t left_;
  std::string buffer_;
};

// What the downloads of a pull share.
struct Pull {
  registry::Client& client;
  storage::Layout layout;
  Line line;
  std::vector<LayerProgress> progress;

  std::int64_t left() const {
    std::int64_t left = 0;
    for (const LayerProgress& layer : progress)
      left += layer.size - layer.received;
    return left;
  }
  // For all layers unpacked, and what is to come of them once more.
  bool has_room() const { return free_space(layout) > (kInflated + 1) * left(); }
};

// One blob: what arrives goes through a ring to the threads that unpack it. They begin with the
// first byte, so there are never more of them than downloads under way.
class LayerSink : public registry::Sink {
 public:
  LayerSink(const Job& job, Pull& pull, std::size_t number)
      : job_(job),
        pull_(pull),
        progress_(pull.progress[number]),
        part_(pull.layout, job.layer->blob.digest.text()) {
    if (part_.size() > progress_.size) part_.remove();
    begin_ = part_.size();
    progress_.resumed_at = progress_.received = begin_;
  }
  LayerSink(const LayerSink&) = delete;
  LayerSink& operator=(const LayerSink&) = delete;
  ~LayerSink() override {
    if (ring_) tell_given_up();
  }

  // How much of it is here already.
  std::int64_t begin() const { return begin_; }

  bool accept(std::string_view bytes) override {
    start();
    if (unpacking_->has_failed()) give_up();
    const bool has_room = ring_->offer(bytes);
    tell_line(!has_room);
    if (!has_room) return false;
    progress_.received += static_cast<std::int64_t>(bytes.size());
    pull_.line.note(bytes.size());
    keeping_->take(bytes);
    return true;
  }

  void finish() override {
    start();  // a blob may have no bytes at all
    ring_->close();
    has_all_ = true;
    progress_.received = progress_.size;
    pull_.line.end();
  }

  // What is here already when the others have failed. Nearly all its bytes are unpacked, so it does
  // not take long.
  std::optional<Unpacked> find_complete() try {
    return has_all_ && is_fed_ ? std::optional(unpack()) : std::nullopt;
  } catch (const base::Error&) {
    return std::nullopt;
  }

  // May be asked again after a failure, which is one object however often it is thrown.
  Unpacked unpack() try {
    Unpacked unpacked = unpacking_->finish();
    if (unpacked.blob != progress_.digest)
      spoil(base::Error("wrong digest: found " + unpacked.blob));
    return unpacked;
  } catch (const SpoiltBeginning&) {
    throw;
  } catch (const base::SysError& error) {
    if (!is_full_disk(error)) spoil(error);
    throw_of_layer(error);
  } catch (const base::Error& error) {
    spoil(error);
    throw_of_layer(error);
  }

 private:
  void start() {
    if (unpacking_) return;
    ring_ = std::make_shared<Ring>(kBuffered, [this] { pull_.client.wake(); });
    unpacking_ = std::make_unique<Unpacking>(std::make_unique<BlobSource>(ring_, part_, is_fed_),
                                             job_.target, [this] { pull_.client.wake(); });
    pull_.line.begin();
    keeping_.emplace(part_, pull_.line, [this] { return pull_.has_room(); });
  }

  void tell_given_up() {
    ring_->fail(std::make_exception_ptr(base::Error("the pull was given up")));
  }

  // Throws what went wrong. Some of its threads may wait for bytes that do not come any more.
  void give_up() {
    tell_given_up();
    unpack();
  }

  void tell_line(bool is_stopped) {
    if (is_stopped == is_stopped_) return;
    is_stopped_ = is_stopped;
    if (is_stopped) {
      pull_.line.stop();
    } else {
      pull_.line.go_on();
    }
  }

  // As what it is: of a full disk it is told what helps.
  template <typename Error>
  [[noreturn]] void throw_of_layer(Error error) const {
    error.during("layer " + progress_.digest);
    throw error;
  }

  // No pull shall begin with bytes like these. When this one did, it may be they that are wrong.
  void spoil(const base::Error& error) {
    part_.remove();
    if (begin_ > 0) throw_of_layer(SpoiltBeginning(error));
  }

  const Job& job_;
  Pull& pull_;
  LayerProgress& progress_;
  storage::PartialBlob part_;
  std::int64_t begin_ = 0;
  std::atomic<bool> is_fed_ = false;
  std::shared_ptr<Ring> ring_;
  std::unique_ptr<Unpacking> unpacking_;
  std::optional<Keeping> keeping_;
  bool is_stopped_ = false;
  bool has_all_ = false;
};

// The largest first: it takes longest whatever the others do.
std::vector<registry::BlobRequest> requests_of(
    std::span<const Job> jobs, const std::vector<std::unique_ptr<LayerSink>>& sinks) {
  std::vector<registry::BlobRequest> requests;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    requests.push_back(
        {.blob = jobs[i].layer->blob, .sink = sinks[i].get(), .begin = sinks[i]->begin()});
  }
  std::ranges::stable_sort(requests,
                           [](const auto& a, const auto& b) { return a.blob.size > b.blob.size; });
  return requests;
}

}  // namespace

void end_when_told(sys::SignalQueue& signals) {
  const std::optional<int> signal = signals.next();
  if (signal) throw base::Error("interrupted by " + sys::signal_name(*signal), 128 + *signal);
}

std::vector<Unpacked> RegistryBlobs::unpack(std::span<const Job> jobs) {
  sys::SignalQueue signals({SIGINT, SIGTERM, SIGHUP});
  Pull pull{.client = client_, .layout = layout_, .line = Line(), .progress = {}};
  for (const Job& job : jobs) {
    pull.progress.push_back(
        {.digest = job.layer->blob.digest.text(), .size = job.layer->blob.size, .received = 0});
  }
  std::vector<std::unique_ptr<LayerSink>> sinks;
  for (std::size_t i = 0; i < jobs.size(); ++i)
    sinks.push_back(std::make_unique<LayerSink>(jobs[i], pull, i));
  std::vector<Unpacked> results;
  try {
    client_.fetch(requests_of(jobs, sinks), [&] {
      end_when_told(signals);
      report_.show(pull.progress);
    });
    for (const auto& sink : sinks)
      results.push_back(sink->unpack());
  } catch (const base::Error&) {
    complete_.clear();
    for (const auto& sink : sinks)
      complete_.push_back(sink->find_complete());
    throw;
  }
  end_when_told(signals);
  report_.show(pull.progress);
  return results;
}

}  // namespace transfer
