// See github.com/vbatts/tar-split, tar/storage: an Entry is {"type", "name", "size", "payload",
// "position"}. Members without a body are bytes of the archive and nothing else, links, directories
// and whiteouts among them.
#include "storage/tar/split_archive.hpp"

#include "pkg/base/base64.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/json.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "storage/tar/file_bytes.hpp"
#include "storage/tar/folders.hpp"
#include "storage/tar/inflate.hpp"
#include "storage/tar/place.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

#include <isa-l/crc64.h>
#include <sys/stat.h>

namespace tar {
namespace {

constexpr std::size_t kPiece = std::size_t{128} << 10U;
constexpr std::size_t kLongestLine = std::size_t{64} << 20U;
constexpr std::int64_t kFile = 1;
constexpr std::int64_t kBytes = 2;

class Lines {
 public:
  explicit Lines(sys::Fd file) : compressed_(std::move(file)), inflated_(compressed_) {}

  // Valid until the next call; nothing at the end.
  std::optional<std::string_view> next() {
    text_.erase(0, taken_);
    taken_ = 0;
    std::size_t searched = 0;
    while (true) {
      const std::size_t end = text_.find('\n', searched);
      if (end != std::string::npos) {
        taken_ = end + 1;
        return std::string_view(text_).substr(0, end);
      }
      searched = text_.size();
      if (searched > kLongestLine) throw base::Error("a line is longer than 64 MiB");
      const std::string_view piece = inflated_.read();
      if (piece.empty()) break;
      text_ += piece;
    }
    taken_ = text_.size();
    if (text_.empty()) return std::nullopt;
    return text_;
  }

 private:
  FileBytes compressed_;
  InflatedSource inflated_;
  std::string text_;
  std::size_t taken_ = 0;
};

std::string decoded(const std::string& text) {
  auto bytes = base::base64_decode(text);
  if (!bytes) throw base::Error("a payload is not base64");
  return std::move(*bytes);
}

// As Go's hash/crc64 does it with its table ISO, most significant byte first.
class Checksum {
 public:
  void update(std::string_view bytes) {
    const void* const start = bytes.data();
    value_ = ::crc64_iso_refl(value_, static_cast<const unsigned char*>(start), bytes.size());
  }

  std::string bytes() const {
    std::string text;
    for (int shift = 56; shift >= 0; shift -= 8)
      text += static_cast<char>(value_ >> static_cast<unsigned>(shift));
    return text;
  }

 private:
  std::uint64_t value_ = 0;
};

}  // namespace

struct SplitArchive::Impl {
  Impl(const std::string& split, const std::string& root_path)
      : lines(sys::open_file(split)), root(sys::open_dir(root_path)), folders(root) {}

  Lines lines;
  sys::Fd root;
  Folders folders;
  std::string bytes;  // given away
  std::unique_ptr<char[]> buffer = std::make_unique<char[]>(kPiece);

  sys::Fd body;
  std::string path;  // of the body
  std::int64_t left = 0;
  std::string expected;
  Checksum checksum;

  void open_body(const base::Json& entry);
  void open_file();
  std::string_view read_body();
};

void SplitArchive::Impl::open_body(const base::Json& entry) {
  left = entry.integer_or("size", 0);
  if (left < 0) throw base::Error("a file has a negative size");
  if (left == 0) return;
  const std::string raw = entry.string_or("name_raw", "");  // of names that are not UTF-8
  path = raw.empty() ? entry.string_or("name", "") : decoded(raw);
  expected = decoded(entry.string_or("payload", ""));
  checksum = {};
  open_file();
}

void SplitArchive::Impl::open_file() try {
  const Place place = place_of(path);
  const sys::Fd* parent = folders.find(place.parent);
  if (parent == nullptr) throw base::Error("its directory is missing");
  body = sys::open_at(*parent, place.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  struct stat status {};
  if (::fstat(body.get(), &status) != 0) throw base::SysError("status");
  if (!S_ISREG(status.st_mode)) throw base::Error("it is no regular file any more");
  if (status.st_size != left) throw base::Error("it has another size than it had");
} catch (base::Error& error) {
  error.during(shown(path));
  throw;
}

std::string_view SplitArchive::Impl::read_body() try {
  const auto most = std::min<std::int64_t>(left, kPiece);
  const std::size_t count = read_some(body, buffer.get(), static_cast<std::size_t>(most));
  if (count == 0) throw base::Error("it ends too early");
  left -= static_cast<std::int64_t>(count);
  const std::string_view piece(buffer.get(), count);
  checksum.update(piece);
  if (left == 0 && checksum.bytes() != expected) throw base::Error("it is not what it was");
  return piece;
} catch (base::Error& error) {
  error.during(shown(path));
  throw;
}

SplitArchive::SplitArchive(const std::string& split, const std::string& root)
    : impl_(std::make_unique<Impl>(split, root)) {}

SplitArchive::~SplitArchive() = default;

std::string_view SplitArchive::read() {
  Impl& at = *impl_;
  while (at.left == 0) {
    const auto line = at.lines.next();
    if (!line) return {};
    const base::Json entry = base::Json::parse(*line);
    const std::int64_t type = entry.integer_or("type", 0);
    if (type == kFile) {
      at.open_body(entry);
    } else if (type == kBytes) {
      at.bytes = decoded(entry.string_or("payload", ""));
      if (!at.bytes.empty()) return at.bytes;
    } else {
      throw base::Error("an entry of tar-split has an unknown type");
    }
  }
  return at.read_body();
}

}  // namespace tar
