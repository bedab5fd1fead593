#include "storage/tar/parts.hpp"

#include "pkg/base/error.hpp"

#include <algorithm>
#include <cstring>
#include <deque>
#include <future>
#include <optional>
#include <thread>

namespace tar {
namespace {

constexpr std::size_t kBatch = std::size_t{256} << 10U;  // so much is worth a thread's start
constexpr std::size_t kLargestPart = std::size_t{1} << 20U;
constexpr std::size_t kMostOutput = std::size_t{4} << 20U;  // of a batch
constexpr unsigned kMostAtOnce = 4;
constexpr int kPatience = 4;  // with streams whose parts are not as they seem

// Parts on their way. The bytes stay until it is known that they were parts.
struct Batch {
  std::string bytes;
  std::future<std::optional<std::string>> text;
};

// Bytes in memory as a source.
class PieceSource : public Source {
 public:
  explicit PieceSource(std::string_view bytes) : bytes_(bytes) {}
  std::string_view read() override { return std::exchange(bytes_, {}); }

 private:
  std::string_view bytes_;
};

// Whole parts; nothing when they are not, or when too much comes out.
std::optional<std::string> inflate(const PartFormat& format, const std::string& bytes) {
  constexpr std::size_t kStep = std::size_t{64} << 10U;
  PieceSource source(bytes);
  Feed feed(source, "");
  std::string text;
  while (!feed.peek().empty()) {
    if (!format.begins(feed.peek())) return std::nullopt;
    const std::unique_ptr<Decoder> part = format.stream(std::move(feed));
    std::size_t count = kStep;
    while (count == kStep) {
      if (text.size() + kStep > kMostOutput) return std::nullopt;
      text.resize(text.size() + kStep);
      count = part->fill({text.data() + text.size() - kStep, kStep});
      text.resize(text.size() - kStep + count);
    }
    feed = part->take_feed();
  }
  return text;
}

// What is wrong with them is told when they are read again, in order.
std::optional<std::string> try_inflate(const PartFormat& format, const std::string& bytes) {
  try {
    return inflate(format, bytes);
  } catch (const base::Error&) {
    return std::nullopt;
  }
}

class PartsDecoder : public Decoder {
 public:
  PartsDecoder(Feed feed, const PartFormat& format)
      : Decoder(std::move(feed)), format_(format), waiting_(this->feed().take_rest()) {}

  std::size_t fill(std::span<char> buffer) override {
    std::size_t filled = 0;
    while (filled < buffer.size()) {
      const std::span<char> rest = buffer.subspan(filled);
      if (part_) {
        filled += part_->fill(rest);
        if (filled < buffer.size()) end_part();
      } else if (given_ < text_.size()) {
        const std::size_t count = std::min(rest.size(), text_.size() - given_);
        std::memcpy(rest.data(), text_.data() + given_, count);
        given_ += count;
        filled += count;
      } else if (!advance()) {
        break;
      }
    }
    return filled;
  }

 private:
  // False at the end.
  bool advance() {
    if (failures_ < kPatience) begin_batches();
    if (batches_.empty()) return begin_part();
    std::optional<std::string> text = batches_.front().text.get();
    if (text) {
      text_ = std::move(*text);
      given_ = 0;
      batches_.pop_front();
      return true;
    }
    ++failures_;
    take_back();
    return begin_part();
  }

  void begin_batches() {
    const unsigned most = std::clamp(std::thread::hardware_concurrency(), 1U, kMostAtOnce);
    while (batches_.size() < most) {
      gather(kBatch);
      const std::size_t end = find_batch();
      if (end == 0) return;
      Batch& batch = batches_.emplace_back();
      batch.bytes = waiting_.substr(0, end);
      waiting_.erase(0, end);
      batch.text = std::async(std::launch::async,
                              [this, &batch] { return try_inflate(format_, batch.bytes); });
    }
  }

  // The end of some whole parts; 0 when the next is large, or none.
  std::size_t find_batch() {
    while (format_.begins(waiting_)) {
      const std::string_view all = waiting_;
      std::size_t end = 0;
      while (end < kBatch && end < all.size()) {
        const std::size_t size = format_.find_end(all.substr(end));
        if (size == 0) break;
        end += size;
      }
      if (end > 0) return end;
      if (is_at_end_) return waiting_.size() <= kLargestPart ? waiting_.size() : 0;
      if (waiting_.size() >= kLargestPart) return 0;
      gather(waiting_.size() * 2);
    }
    return 0;
  }

  void take_back() {
    std::string bytes;
    for (Batch& batch : batches_) {
      if (batch.text.valid()) batch.text.wait();
      bytes += batch.bytes;
    }
    batches_.clear();
    waiting_.insert(0, bytes);
  }

  bool begin_part() {
    gather(1);
    if (waiting_.empty()) return false;
    if (format_.ends_with_padding && has_begun_ && !format_.begins(waiting_)) {
      while (!is_at_end_) {
        waiting_.clear();
        gather(1);
      }
      waiting_.clear();
      return false;
    }
    part_ = format_.stream(Feed(feed().source(), std::exchange(waiting_, {})));
    return true;
  }

  void end_part() {
    waiting_ = part_->take_feed().take_rest();
    part_.reset();
    has_begun_ = true;
  }

  void gather(std::size_t size) {
    while (waiting_.size() < size && !is_at_end_) {
      const std::string_view piece = feed().source().read();
      is_at_end_ = piece.empty();
      waiting_ += piece;
    }
  }

  const PartFormat& format_;
  std::string waiting_;  // read, and not begun
  bool is_at_end_ = false;
  std::deque<Batch> batches_;
  int failures_ = 0;
  std::string text_;  // of the last batch
  std::size_t given_ = 0;
  std::unique_ptr<Decoder> part_;
  bool has_begun_ = false;  // a part has been inflated
};

}  // namespace

std::unique_ptr<Decoder> make_parts_decoder(Feed feed, const PartFormat& format) {
  return std::make_unique<PartsDecoder>(std::move(feed), format);
}

}  // namespace tar
