#include "storage/tar/reader.hpp"

#include "pkg/base/error.hpp"
#include "storage/tar/header.hpp"
#include "storage/tar/pax.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <optional>

namespace tar {
namespace {

constexpr std::int64_t kMostHeader = std::int64_t{1} << 20U;  // an extended header, a long name

[[noreturn]] void ends_early() {
  throw base::Error("damaged archive: it ends too early");
}

// The source, in blocks and in pieces of bodies; what is taken is recorded unless it is left out.
class Blocks {
 public:
  Blocks(Source& source, Recorder* recorder, std::int64_t most_around)
      : source_(source), recorder_(recorder), left_around_(most_around) {}

  // A whole block, valid until the next call; empty at the end of the source.
  std::string_view block() {
    if (!refill()) return {};
    if (piece_.size() >= kBlockSize) return around(take(kBlockSize, true));
    std::size_t filled = 0;
    while (filled < kBlockSize) {
      const auto part = around(some(static_cast<std::int64_t>(kBlockSize - filled), true));
      std::memcpy(block_.data() + filled, part.data(), part.size());
      filled += part.size();
    }
    return {block_.data(), kBlockSize};
  }

  // Those are not a file's.
  std::string_view around(std::string_view bytes) {
    left_around_ -= std::ssize(bytes);
    if (left_around_ < 0) throw base::Error("too much in the archive is around its files: a bomb?");
    return bytes;
  }

  // At least one byte, at most so many.
  std::string_view some(std::int64_t most, bool is_recorded) {
    if (!refill()) ends_early();
    const auto size = static_cast<std::int64_t>(piece_.size());
    return take(static_cast<std::size_t>(std::min(size, most)), is_recorded);
  }

  void pass(std::int64_t count, bool is_recorded) {
    while (count > 0) {
      if (piece_.empty() && recorder_ == nullptr) count -= source_.skip(count);
      if (count > 0) count -= std::ssize(around(some(count, is_recorded)));
    }
  }

  void drain() {
    while (refill())
      around(take(piece_.size(), true));
  }

 private:
  bool refill() {
    if (piece_.empty()) piece_ = source_.read();
    return !piece_.empty();
  }

  std::string_view take(std::size_t count, bool is_recorded) {
    const std::string_view taken = piece_.substr(0, count);
    piece_.remove_prefix(count);
    if (is_recorded && recorder_ != nullptr) recorder_->record(taken);
    return taken;
  }

  Source& source_;
  Recorder* recorder_;
  std::int64_t left_around_;
  std::string_view piece_;
  std::array<char, kBlockSize> block_{};
};

std::int64_t padding_of(std::int64_t size) {
  constexpr auto kBlock = static_cast<std::int64_t>(kBlockSize);
  return (kBlock - size % kBlock) % kBlock;
}

// Of types that say something about the member after them.
struct Announced {
  std::optional<std::string> path;  // GNU's long names
  std::optional<std::string> link;
  Extended extended;
};

// As Go's archive/tar has it, which docker and podman read with.
EntryType type_of(const Header& header, const std::string& path) {
  switch (header.type) {
    case '\0':
      return path.ends_with('/') ? EntryType::Directory : EntryType::File;
    case '0':
    case '7':  // contiguous
    case 'S':  // sparse
      return EntryType::File;
    case '1':
      return EntryType::Hardlink;
    case '2':
      return EntryType::Symlink;
    case '3':
      return EntryType::CharDevice;
    case '4':
      return EntryType::BlockDevice;
    case '5':
      return EntryType::Directory;
    case '6':
      return EntryType::Fifo;
    default:
      return EntryType::Other;
  }
}

// Whatever size their headers claim.
bool has_no_body(EntryType type) {
  return type != EntryType::File && type != EntryType::Other;
}

std::uint32_t id_of(std::int64_t claimed, std::string_view path) {
  if (claimed < 0 || claimed >= std::numeric_limits<std::uint32_t>::max()) {
    throw base::Error(fmt::format("{}: owner {} is out of range", path, claimed));
  }
  return static_cast<std::uint32_t>(claimed);
}

Entry entry_of(const Header& header, Announced&& said) {
  Extended& extended = said.extended;
  Entry entry;
  entry.path = said.path.value_or(extended.path.value_or(header.path));
  entry.link = said.link.value_or(extended.link.value_or(header.link));
  entry.type = type_of(header, entry.path);
  entry.uid = id_of(extended.uid.value_or(header.uid), entry.path);
  entry.gid = id_of(extended.gid.value_or(header.gid), entry.path);
  entry.mode = static_cast<mode_t>(header.mode) & 07777U;
  entry.mtime = extended.mtime.value_or(timespec{.tv_sec = header.mtime, .tv_nsec = 0});
  entry.size = has_no_body(entry.type) ? 0 : extended.size.value_or(header.size);
  entry.xattrs = std::move(extended.xattrs);
  return entry;
}

// Entries of GNU's old format: in the header, and in blocks after it.
struct OldMap {
  std::size_t at;
  std::size_t count;
  std::size_t more;  // a byte that says that another block follows
};
constexpr OldMap kInHeader{386, 4, 482};
constexpr OldMap kInBlock{0, 21, 504};
constexpr std::size_t kOldRealSize = 483;

bool read_old_map(std::string_view block, const OldMap& map, std::vector<Extent>& extents) {
  constexpr std::size_t kNumber = 12;
  for (std::size_t i = 0; i < map.count; ++i) {
    const std::string_view pair = block.substr(map.at + i * 2 * kNumber, 2 * kNumber);
    if (pair[0] == '\0') return false;
    extents.push_back({.offset = parse_number(pair.substr(0, kNumber)),
                       .size = parse_number(pair.substr(kNumber))});
  }
  return block[map.more] != '\0' && extents.size() < kMostExtents;
}

// The list at the beginning of a body, version 1.0: numbers in lines, filled up to whole blocks.
class BodyMap {
 public:
  explicit BodyMap(Blocks& blocks) : blocks_(blocks) {}

  std::vector<Extent> read() {
    const auto count = number();
    if (count < 0 || static_cast<std::size_t>(count) > kMostExtents) ends_early();
    std::vector<Extent> extents;
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t offset = number();
      extents.push_back({.offset = offset, .size = number()});
    }
    return extents;
  }

  std::int64_t size() const { return size_; }

 private:
  std::int64_t number() {
    std::string digits;
    while (true) {
      if (rest_.empty()) refill();
      const char letter = rest_.front();
      rest_.remove_prefix(1);
      if (letter == '\n') return parse_decimal(digits);
      digits += letter;
      if (digits.size() > 20) ends_early();
    }
  }

  void refill() {
    rest_ = blocks_.block();
    if (rest_.empty()) ends_early();
    size_ += kBlockSize;
  }

  Blocks& blocks_;
  std::string_view rest_;
  std::int64_t size_ = 0;
};

}  // namespace

struct Reader::Impl {
  Impl(Source& source, Recorder* recorder, std::int64_t most_around)
      : blocks(source, recorder, most_around) {}

  Blocks blocks;
  Entry entry;
  std::int64_t left = 0;  // of the body
  std::int64_t padding = 0;
  bool is_recorded = true;  // the body
  std::int64_t offset = 0;  // of the next piece in the file
  std::vector<Extent> extents;
  std::size_t extent = 0;

  void end_member();
  std::optional<Header> next_header(Announced& said, std::string& block);
  std::string read_text(const Header& header);
  void read_sparse(const std::string& block, const std::optional<SparseClaim>& claim);
};

void Reader::Impl::end_member() {
  blocks.pass(left, is_recorded);
  blocks.pass(padding, true);
  left = 0;
  padding = 0;
  offset = 0;
  extents.clear();
  extent = 0;
}

std::string Reader::Impl::read_text(const Header& header) {
  if (header.size > kMostHeader) throw base::Error("damaged archive: a header of more than 1 MiB");
  std::string text;
  while (std::ssize(text) < header.size) {
    text += blocks.around(blocks.some(header.size - std::ssize(text), true));
  }
  blocks.pass(padding_of(header.size), true);
  return text;
}

// Headers that belong to another are read on the way.
std::optional<Header> Reader::Impl::next_header(Announced& said, std::string& block) {
  const auto name = [&](const Header& header) {
    std::string text = read_text(header);
    text.resize(std::min(text.find('\0'), text.size()));
    return text;
  };
  while (true) {
    block = blocks.block();
    if (block.empty() || is_empty_block(block)) return std::nullopt;
    Header header = parse_header(block);
    switch (header.type) {
      case 'L':
        said.path = name(header);
        break;
      case 'K':
        said.link = name(header);
        break;
      case 'x':
      case 'X':
        said.extended = parse_pax(read_text(header));
        break;
      case 'g':  // for all that follow; docker and podman do not heed it
        parse_pax(read_text(header));
        break;
      default:
        return header;
    }
  }
}

void Reader::Impl::read_sparse(const std::string& block, const std::optional<SparseClaim>& claim) {
  constexpr std::size_t kNumber = 12;
  if (claim) {
    if (!claim->name.empty()) entry.path = claim->name;
    extents = claim->extents;
    if (claim->has_map_in_body) {
      BodyMap map(blocks);
      extents = map.read();
      left -= map.size();
    }
    entry.size = claim->size;
  } else {
    bool has_more = read_old_map(block, kInHeader, extents);
    entry.size = parse_number(std::string_view(block).substr(kOldRealSize, kNumber));
    while (has_more) {
      const std::string_view next = blocks.block();
      if (next.empty()) ends_early();
      has_more = read_old_map(next, kInBlock, extents);
    }
  }
  entry.is_sparse = true;
  check_extents(extents, entry.size, left);
}

Reader::Reader(Source& source, Recorder* recorder, std::int64_t most_around)
    : impl_(std::make_unique<Impl>(source, recorder, most_around)) {}

Reader::~Reader() = default;

const Entry* Reader::next() {
  impl_->end_member();
  Announced said;
  std::string block;
  const std::optional<Header> header = impl_->next_header(said, block);
  if (!header) return nullptr;
  const std::optional<SparseClaim> claim = said.extended.sparse;
  impl_->entry = entry_of(*header, std::move(said));
  impl_->left = impl_->entry.size;
  impl_->padding = padding_of(impl_->left);
  impl_->is_recorded = true;
  if (header->type == 'S' || (claim && impl_->entry.type == EntryType::File)) {
    impl_->read_sparse(block, claim);
  }
  return &impl_->entry;
}

bool Reader::read(Block& block) {
  Impl& at = *impl_;
  if (at.left == 0) return false;
  std::int64_t most = at.left;
  if (at.entry.is_sparse) {
    while (at.extents[at.extent].size == 0)
      ++at.extent;
    Extent& extent = at.extents[at.extent];
    at.offset = extent.offset;
    most = extent.size;
  }
  block = {.bytes = at.blocks.some(most, at.is_recorded), .offset = at.offset};
  const std::int64_t size = std::ssize(block.bytes);
  at.left -= size;
  at.offset += size;
  if (at.entry.is_sparse) {
    at.extents[at.extent].offset += size;
    at.extents[at.extent].size -= size;
  }
  return true;
}

void Reader::leave_body_out() {
  impl_->is_recorded = false;
}

void Reader::expect_no_body() {
  impl_->left = 0;
}

void Reader::drain() {
  impl_->blocks.drain();
}

}  // namespace tar
