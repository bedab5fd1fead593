#include "pkg/base/error.hpp"
#include "storage/tar/decoder.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <exception>

namespace tar {
namespace {

struct Free {
  void operator()(archive* handle) const { ::archive_read_free(handle); }
};

class SlowDecoder : public Decoder {
 public:
  explicit SlowDecoder(Feed feed) : Decoder(std::move(feed)), handle_(::archive_read_new()) {
    if (!handle_) throw base::Error("no memory for an archive");
    ::archive_read_support_format_raw(handle_.get());
    ::archive_read_support_filter_xz(handle_.get());
    ::archive_read_support_filter_bzip2(handle_.get());
    check(::archive_read_open(handle_.get(), this, nullptr, &SlowDecoder::on_read, nullptr));
    archive_entry* entry = nullptr;
    check(::archive_read_next_header(handle_.get(), &entry));
    // What is not as it begins to be would be passed on as it is.
    if (::archive_filter_count(handle_.get()) < 2) check(ARCHIVE_FATAL);
  }

  std::size_t fill(std::span<char> buffer) override {
    std::size_t filled = 0;
    while (filled < buffer.size()) {
      const std::span<char> rest = buffer.subspan(filled);
      const la_ssize_t count = ::archive_read_data(handle_.get(), rest.data(), rest.size());
      if (count < 0) check(ARCHIVE_FATAL);
      if (count == 0) break;
      filled += static_cast<std::size_t>(count);
    }
    return filled;
  }

 private:
  static la_ssize_t on_read(archive*, void* self, const void** bytes) {
    auto* decoder = static_cast<SlowDecoder*>(self);
    try {
      decoder->feed().take(decoder->lent_);
      const std::string_view piece = decoder->feed().peek();
      decoder->lent_ = piece.size();
      *bytes = piece.data();
      return static_cast<la_ssize_t>(piece.size());
    } catch (...) {
      decoder->failure_ = std::current_exception();
      return ARCHIVE_FATAL;
    }
  }

  void check(int result) {
    if (failure_) std::rethrow_exception(failure_);
    if (result != ARCHIVE_OK && result != ARCHIVE_WARN) {
      throw base::Error("damaged xz or bzip2 stream");
    }
  }

  std::unique_ptr<archive, Free> handle_;
  std::size_t lent_ = 0;        // of the feed, what libarchive looks at
  std::exception_ptr failure_;  // libarchive is C: nothing may be thrown through it
};

}  // namespace

std::unique_ptr<Decoder> make_slow_decoder(Feed feed) {
  return std::make_unique<SlowDecoder>(std::move(feed));
}

}  // namespace tar
