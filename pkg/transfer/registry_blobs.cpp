#include "pkg/transfer/registry_blobs.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/signals.hpp"
#include "pkg/transfer/ring.hpp"

#include <algorithm>
#include <csignal>
#include <memory>
#include <numeric>

namespace transfer {
namespace {

constexpr std::size_t kBuffered = std::size_t{1} << 20U;

class RingSource : public tar::Source {
 public:
  explicit RingSource(std::shared_ptr<Ring> ring) : ring_(std::move(ring)) {}
  std::string_view read() override { return ring_->take(); }

 private:
  std::shared_ptr<Ring> ring_;
};

// One blob: what arrives goes through a ring to the threads that unpack it. They begin with the
// first byte, so there are never more of them than downloads under way.
class LayerSink : public registry::Sink {
 public:
  LayerSink(const Job& job, registry::Client& client, LayerProgress& progress)
      : job_(job), client_(client), progress_(progress) {}
  LayerSink(const LayerSink&) = delete;
  LayerSink& operator=(const LayerSink&) = delete;
  ~LayerSink() override {
    if (ring_) ring_->fail(std::make_exception_ptr(base::Error("the pull was given up")));
  }

  bool accept(std::string_view bytes) override {
    start();
    if (unpacking_->has_failed()) unpack();  // throws what went wrong
    if (!ring_->offer(bytes)) return false;
    progress_.received += static_cast<std::int64_t>(bytes.size());
    return true;
  }

  void finish() override {
    start();  // a blob may have no bytes at all
    ring_->close();
    has_all_ = true;
    progress_.received = progress_.size;
  }

  // What is here already when the others have failed. All its bytes are, so it does not take long.
  std::optional<Unpacked> find_complete() try {
    return has_all_ ? std::optional(unpacking_->finish()) : std::nullopt;
  } catch (const base::Error&) {
    return std::nullopt;
  }

  // May be asked again after a failure, which is one object however often it is thrown.
  Unpacked unpack() try { return unpacking_->finish(); } catch (const base::SysError& error) {
    throw_of_layer(error);
  } catch (const base::Error& error) {
    throw_of_layer(error);
  }

 private:
  // As what it is: of a full disk it is told what helps.
  template <typename Error>
  [[noreturn]] void throw_of_layer(Error error) const {
    error.during("layer " + job_.layer->blob.digest.text());
    throw error;
  }

  void start() {
    if (unpacking_) return;
    ring_ = std::make_shared<Ring>(kBuffered, [this] { client_.wake(); });
    unpacking_ = std::make_unique<Unpacking>(std::make_unique<RingSource>(ring_), job_.target,
                                             [this] { client_.wake(); });
  }

  const Job& job_;
  registry::Client& client_;
  LayerProgress& progress_;
  std::shared_ptr<Ring> ring_;
  std::unique_ptr<Unpacking> unpacking_;
  bool has_all_ = false;
};

// The largest first: it takes longest whatever the others do.
std::vector<registry::BlobRequest> requests_of(
    std::span<const Job> jobs, const std::vector<std::unique_ptr<LayerSink>>& sinks) {
  std::vector<registry::BlobRequest> requests;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    requests.push_back({.blob = jobs[i].layer->blob, .sink = sinks[i].get()});
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
  std::vector<LayerProgress> progress;
  for (const Job& job : jobs) {
    progress.push_back(
        {.digest = job.layer->blob.digest.text(), .size = job.layer->blob.size, .received = 0});
  }
  std::vector<std::unique_ptr<LayerSink>> sinks;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    sinks.push_back(std::make_unique<LayerSink>(jobs[i], client_, progress[i]));
  }
  try {
    client_.fetch(requests_of(jobs, sinks), [&] {
      end_when_told(signals);
      report_.show(progress);
    });
  } catch (const base::Error&) {
    for (const auto& sink : sinks)
      complete_.push_back(sink->find_complete());
    throw;
  }
  std::vector<Unpacked> results;
  for (const auto& sink : sinks)
    results.push_back(sink->unpack());
  end_when_told(signals);
  report_.show(progress);
  return results;
}

}  // namespace transfer
