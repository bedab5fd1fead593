#include "pkg/transfer/reading_ahead.hpp"

#include <algorithm>
#include <cstring>
#include <exception>
#include <span>

namespace transfer {
namespace {

constexpr std::size_t kPiece = std::size_t{256} << 10U;
constexpr std::size_t kPieces = 8;

// Fills the buffer unless the end comes first. `rest` is what the last piece had too much.
std::size_t fill_from(tar::Source& source, std::string_view& rest, std::span<char> buffer) {
  std::size_t filled = 0;
  while (filled < buffer.size()) {
    if (rest.empty()) rest = source.read();
    if (rest.empty()) break;
    const std::size_t count = std::min(rest.size(), buffer.size() - filled);
    std::memcpy(buffer.data() + filled, rest.data(), count);
    rest.remove_prefix(count);
    filled += count;
  }
  return filled;
}

}  // namespace

ReadingAhead::ReadingAhead(std::unique_ptr<tar::Source> source)
    : source_(std::move(source)), ring_(kPieces * kPiece), thread_([this] { fill(); }) {}

ReadingAhead::~ReadingAhead() {
  ring_.abandon();
  thread_.join();
}

void ReadingAhead::fill() {
  try {
    std::string_view rest;
    while (true) {
      const std::span<char> room = ring_.room(kPiece);
      if (room.empty()) return;  // nobody reads any more
      const std::size_t count = fill_from(*source_, rest, room);
      if (count == 0) break;
      ring_.commit(count);
      if (count < room.size()) break;
    }
    ring_.close();
  } catch (...) {
    ring_.fail(std::current_exception());
  }
}

std::string_view ReadingAhead::read() {
  return ring_.take();
}

}  // namespace transfer
