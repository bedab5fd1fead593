// As pigz does it: the archive is cut into blocks that are deflated side by side, each of which may
// refer to the last 32 KiB of the one before. Every block ends at a full byte, so they stand one
// behind the other in a single gzip member. Whoever reads the stream fills the blocks; the threads
// deflate them; they come out in their order.
#include "storage/tar/compress_blocks.hpp"

#include "pkg/base/error.hpp"

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <cstring>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace tar {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kMostThreads = 8;
// No name, no time, by no particular system: what is compressed twice is the same twice.
constexpr std::string_view kHeader = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"sv;
constexpr std::string_view kLastBlock = "\x03\x00"sv;  // an empty one that says it is the last

struct Slot {
  Block block;
  bool is_done = false;
  std::exception_ptr failure;
};

class BlockSource : public Source {
 public:
  BlockSource(std::unique_ptr<Source> plain, int level)
      : plain_(std::move(plain)), level_(level), slots_(thread_count() + 2) {}
  BlockSource(const BlockSource&) = delete;
  BlockSource& operator=(const BlockSource&) = delete;
  ~BlockSource() override;

  std::string_view read() override;

 private:
  static std::size_t thread_count() {
    return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, kMostThreads);
  }

  void start_threads();
  void work();
  void fill_free_slots();
  bool fill(Block& block);
  std::string_view take_front();
  std::string_view end();

  std::unique_ptr<Source> plain_;
  int level_;
  std::vector<Slot> slots_;
  std::size_t filled_ = 0;  // blocks so far, of which block N lies in slot N % slots
  std::size_t taken_ = 0;
  bool is_lent_ = false;  // the reader looks at the front one
  bool is_at_end_ = false;
  std::string_view rest_;  // of the last piece of the source
  std::string history_;
  std::uint32_t crc_ = 0;
  std::uint32_t size_ = 0;  // modulo 2^32, as RFC 1952 has it
  enum class State { Header, Blocks, End } state_ = State::Header;
  std::string trailer_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Slot*> waiting_;
  bool is_over_ = false;
  std::vector<std::thread> threads_;
};

BlockSource::~BlockSource() {
  {
    const std::lock_guard guard(mutex_);
    is_over_ = true;
    changed_.notify_all();
  }
  for (std::thread& thread : threads_)
    thread.join();
}

void BlockSource::start_threads() {
  for (std::size_t i = 0; i < thread_count(); ++i)
    threads_.emplace_back([this] { work(); });
}

void BlockSource::work() {
  std::unique_ptr<BlockDeflater> deflater;
  while (true) {
    Slot* slot = nullptr;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return is_over_ || !waiting_.empty(); });
      if (is_over_) return;
      slot = waiting_.front();
      waiting_.pop_front();
    }
    try {
      if (!deflater) deflater = make_block_deflater(level_);
      deflater->deflate(slot->block);
    } catch (...) {
      slot->failure = std::current_exception();
    }
    const std::lock_guard guard(mutex_);
    slot->is_done = true;
    changed_.notify_all();
  }
}

// False when nothing is left of the source.
bool BlockSource::fill(Block& block) {
  if (!block.plain) {
    block.plain = std::make_unique<char[]>(kHistory + kBlock);
    block.deflated = std::make_unique<char[]>(kDeflatedBlock);
  }
  block.history = history_.size();
  std::memcpy(block.plain.get(), history_.data(), history_.size());
  char* const piece = block.plain.get() + block.history;
  block.size = 0;
  while (block.size < kBlock) {
    if (rest_.empty()) rest_ = plain_->read();
    if (rest_.empty()) break;
    const std::size_t count = std::min(rest_.size(), kBlock - block.size);
    std::memcpy(piece + block.size, rest_.data(), count);
    block.size += count;
    rest_.remove_prefix(count);
  }
  crc_ = continue_crc(crc_, {piece, block.size});
  size_ += static_cast<std::uint32_t>(block.size);
  const std::size_t kept = std::min(kHistory, block.size);
  history_.assign(piece + block.size - kept, kept);
  return block.size > 0;
}

void BlockSource::fill_free_slots() {
  while (!is_at_end_ && filled_ - taken_ < slots_.size()) {
    Slot& slot = slots_[filled_ % slots_.size()];
    if (!fill(slot.block)) {
      is_at_end_ = true;
      return;
    }
    ++filled_;
    const std::lock_guard guard(mutex_);
    slot.is_done = false;
    waiting_.push_back(&slot);
    changed_.notify_all();
  }
}

std::string_view BlockSource::take_front() {
  Slot& slot = slots_[taken_ % slots_.size()];
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return slot.is_done; });
  }
  if (slot.failure) std::rethrow_exception(slot.failure);
  is_lent_ = true;
  return {slot.block.deflated.get(), slot.block.deflated_size};
}

std::string_view BlockSource::end() {
  state_ = State::End;
  trailer_ = kLastBlock;
  for (const std::uint32_t number : {crc_, size_}) {
    for (unsigned shift = 0; shift < 32; shift += 8)
      trailer_ += static_cast<char>((number >> shift) & 0xffU);
  }
  return trailer_;
}

std::string_view BlockSource::read() {
  if (state_ == State::End) return {};
  if (state_ == State::Header) {
    state_ = State::Blocks;
    start_threads();
    return kHeader;
  }
  if (is_lent_) {
    is_lent_ = false;
    ++taken_;
  }
  fill_free_slots();
  if (taken_ == filled_) return end();
  return take_front();
}

}  // namespace

std::unique_ptr<Source> compress_blocks(std::unique_ptr<Source> plain, int level) {
  return std::make_unique<BlockSource>(std::move(plain), level);
}

}  // namespace tar
