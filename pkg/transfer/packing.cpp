#include "pkg/transfer/packing.hpp"

#include "pkg/base/error.hpp"
#include "pkg/hash/sha256.hpp"
#include "pkg/transfer/outbox.hpp"

#include <thread>
#include <utility>

namespace transfer {
namespace {

constexpr std::size_t kAhead = std::size_t{1} << 20U;

class CountedSource : public tar::Source {
 public:
  CountedSource(std::unique_ptr<tar::Source> source, std::atomic<std::int64_t>& count)
      : source_(std::move(source)), count_(count) {
    count_ = 0;
  }

  std::string_view read() override {
    const std::string_view piece = source_->read();
    count_ += static_cast<std::int64_t>(piece.size());
    return piece;
  }

 private:
  std::unique_ptr<tar::Source> source_;
  std::atomic<std::int64_t>& count_;
};

class Packing : public registry::Outgoing {
 public:
  explicit Packing(Freight freight)
      : freight_(std::move(freight)), outbox_(kAhead, freight_.wake), thread_([this] { run(); }) {}
  Packing(const Packing&) = delete;
  Packing& operator=(const Packing&) = delete;
  ~Packing() override {
    outbox_.abandon();
    if (thread_.joinable()) thread_.join();
  }

  std::optional<std::size_t> fill(std::span<char> buffer) override { return outbox_.take(buffer); }

  oci::Digest digest() override {
    if (thread_.joinable()) thread_.join();
    return oci::Digest::sha256(digest_);
  }

 private:
  void run() {
    try {
      work();
    } catch (...) {
      outbox_.fail(std::current_exception());
    }
  }

  void work() {
    std::unique_ptr<tar::Source> source = freight_.open();
    if (freight_.read != nullptr) {
      source = std::make_unique<CountedSource>(std::move(source), *freight_.read);
    }
    source = tar::compress(std::move(source), freight_.squeeze);
    hash::Sha256 hasher;
    while (true) {
      const std::string_view piece = source->read();
      if (piece.empty()) break;
      hasher.update(piece);
      if (!outbox_.put(piece)) return;
    }
    digest_ = hasher.finish();
    outbox_.close();
  }

  Freight freight_;
  Outbox outbox_;
  std::string digest_;
  std::thread thread_;  // last: it begins when all others are there
};

}  // namespace

std::unique_ptr<registry::Outgoing> pack(Freight freight) {
  return std::make_unique<Packing>(std::move(freight));
}

}  // namespace transfer
