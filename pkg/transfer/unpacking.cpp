#include "pkg/transfer/unpacking.hpp"

#include "pkg/base/error.hpp"
#include "pkg/hash/sha256.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/transfer/ring.hpp"
#include "storage/tar/inflate.hpp"

#include <atomic>
#include <exception>
#include <optional>
#include <thread>
#include <utility>

namespace transfer {
namespace {

constexpr std::size_t kPiece = std::size_t{128} << 10U;
constexpr std::size_t kPieces = 6;

// Passes bytes on and adds them up.
class HashedSource : public tar::Source {
 public:
  HashedSource(tar::Source& source, const std::string& algorithm)
      : source_(source), algorithm_(algorithm) {
    if (!algorithm.empty()) hasher_.emplace(algorithm);
  }

  std::string_view read() override {
    const std::string_view piece = source_.read();
    if (hasher_) hasher_->update(piece);
    size_ += static_cast<std::int64_t>(piece.size());
    return piece;
  }

  std::int64_t size() const { return size_; }
  std::string digest() { return hasher_ ? algorithm_ + ":" + hasher_->finish() : ""; }

 private:
  tar::Source& source_;
  std::string algorithm_;
  std::optional<hash::Hasher> hasher_;
  std::int64_t size_ = 0;
};

// Who reads what has been inflated.
constexpr std::size_t kWriting = 0;
constexpr std::size_t kHashing = 1;
constexpr int kReaders = 2;

class RingSource : public tar::Source {
 public:
  explicit RingSource(Ring& ring) : ring_(ring) {}
  std::string_view read() override { return ring_.take(kWriting); }

 private:
  Ring& ring_;
};

}  // namespace

struct Unpacking::Impl {
  std::unique_ptr<tar::Source> blob;
  Target target;
  std::function<void()> on_failure;
  Ring inflated{kPieces * kPiece, {}, kReaders};
  Unpacked result;
  std::int64_t inflated_size = 0;
  std::exception_ptr failure;  // the first, of which others follow
  std::atomic<bool> has_failed = false;
  std::thread inflating;
  std::thread hashing;
  std::thread writing;

  void inflate();
  void hash();
  void write();
  void run_inflate();
  void run_write();
  void fail(std::exception_ptr thrown);
  void join();
};

void Unpacking::Impl::inflate() {
  HashedSource hashed(*blob, target.blob_algorithm);
  tar::Inflate inflate(hashed);
  while (true) {
    const std::span<char> piece = inflated.room(kPiece);
    if (piece.empty()) return;  // the writer has failed, and says why
    const std::size_t count = inflate.fill(piece);
    if (count == 0) break;
    inflated_size += static_cast<std::int64_t>(count);
    inflated.commit(count);
  }
  result.blob = hashed.digest();
  result.blob_size = hashed.size();
}

void Unpacking::Impl::hash() try {
  hash::Hasher diff(target.diff_algorithm);
  while (true) {
    const std::string_view piece = inflated.take(kHashing);
    if (piece.empty()) break;
    diff.update(piece);
  }
  result.diff_id = target.diff_algorithm + ":" + diff.finish();
} catch (...) {
  return;  // it is the inflating thread's, which tells it itself
}

void Unpacking::Impl::run_inflate() {
  try {
    inflate();
    inflated.close();
  } catch (...) {
    fail(std::current_exception());
    inflated.fail(std::current_exception());
  }
}

void Unpacking::Impl::write() {
  RingSource source(inflated);
  std::optional<tar::Outline> outline;
  if (!target.folder.empty()) outline.emplace(target.folder);
  result.applied =
      tar::apply(source, sys::open_dir(target.root),
                 {.squash_owners = target.squash_owners, .outline = outline ? &*outline : nullptr});
}

void Unpacking::Impl::run_write() {
  try {
    write();
  } catch (...) {
    fail(std::current_exception());
    inflated.abandon();
  }
}

void Unpacking::Impl::fail(std::exception_ptr thrown) {
  if (has_failed.exchange(true)) return;
  failure = std::move(thrown);
  if (on_failure) on_failure();
}

Unpacking::Unpacking(std::unique_ptr<tar::Source> blob, Target target,
                     std::function<void()> on_failure)
    : impl_(std::make_unique<Impl>()) {
  impl_->blob = std::move(blob);
  impl_->target = std::move(target);
  impl_->on_failure = std::move(on_failure);
  impl_->inflating = std::thread([this] { impl_->run_inflate(); });
  impl_->hashing = std::thread([this] { impl_->hash(); });
  impl_->writing = std::thread([this] { impl_->run_write(); });
}

void Unpacking::Impl::join() {
  if (inflating.joinable()) inflating.join();
  if (hashing.joinable()) hashing.join();
  if (writing.joinable()) writing.join();
}

Unpacking::~Unpacking() {
  impl_->join();
}

bool Unpacking::has_failed() const {
  return impl_->has_failed;
}

Unpacked Unpacking::finish() {
  impl_->join();
  if (impl_->failure) std::rethrow_exception(impl_->failure);
  Unpacked& result = impl_->result;
  // As many bytes as there were before: they were not compressed, and are the same.
  const bool is_plain = result.blob_size == impl_->inflated_size;
  if (result.blob.empty() && is_plain) result.blob = result.diff_id;
  return result;
}

}  // namespace transfer
