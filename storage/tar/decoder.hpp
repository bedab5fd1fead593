#pragma once

#include "storage/tar/source.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace tar {

// Where a decoder finds its input: the head that was sniffed at first, then the source.
class Feed {
 public:
  Feed(Source& source, std::string head) : source_(&source), head_(std::move(head)) {}

  // What has not been taken yet; empty only at the end.
  std::string_view peek() {
    if (head_taken_ < head_.size()) return std::string_view(head_).substr(head_taken_);
    if (piece_.empty()) piece_ = source_->read();
    return piece_;
  }

  // All of it that has been read already; it is at its end then.
  std::string take_rest() {
    std::string rest = head_.substr(std::min(head_taken_, head_.size()));
    head_taken_ = head_.size();
    rest += piece_;
    piece_ = {};
    return rest;
  }

  Source& source() const { return *source_; }

  void take(std::size_t count) {
    if (head_taken_ < head_.size()) {
      head_taken_ += count;
    } else {
      piece_.remove_prefix(count);
    }
  }

 private:
  Source* source_;
  std::string head_;
  std::size_t head_taken_ = 0;
  std::string_view piece_;
};

class Decoder {
 public:
  explicit Decoder(Feed feed) : feed_(std::move(feed)) {}
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  virtual ~Decoder() = default;
  // As Inflate::fill.
  virtual std::size_t fill(std::span<char> buffer) = 0;
  // What it has not read.
  Feed take_feed() { return std::move(feed_); }

 protected:
  Feed& feed() { return feed_; }

 private:
  Feed feed_;
};

// xz and bzip2, by what libarchive brings along: nobody's layers are compressed so, but archives of
// root file systems are.
std::unique_ptr<Decoder> make_slow_decoder(Feed feed);

}  // namespace tar
