#include "storage/tar/layer_archive.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "storage/tar/file_bytes.hpp"
#include "storage/tar/folders.hpp"
#include "storage/tar/inflate.hpp"
#include "storage/tar/outline.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include <sys/stat.h>

namespace tar {
namespace {

constexpr std::size_t kPiece = std::size_t{128} << 10U;

// What has been read of the outline and not been given away.
class Collected : public Recorder {
 public:
  void record(std::string_view bytes) override { bytes_ += bytes; }

  std::string& bytes() { return bytes_; }

 private:
  std::string bytes_;
};

class Counted : public Recorder {
 public:
  void record(std::string_view bytes) override { size_ += static_cast<std::int64_t>(bytes.size()); }

  std::int64_t size() const { return size_; }

 private:
  std::int64_t size_ = 0;
};

sys::Fd open_outline(const std::string& folder) {
  const std::string path = outline_file(folder);
  if (sys::exists(path)) return sys::open_file(path);
  throw base::Error("the layer has no outline: it was unpacked by a pod that kept none");
}

}  // namespace

struct LayerArchive::Impl {
  Impl(const std::string& layer, const std::string& root_path)
      : folder(layer),
        root(sys::open_dir(root_path)),
        kept(list_kept(layer)),
        compressed(open_outline(layer)),
        outline(compressed),
        reader(outline, &collected),
        folders(root) {}

  std::string folder;
  sys::Fd root;
  std::vector<Kept> kept;
  FileBytes compressed;
  InflatedSource outline;
  Collected collected;
  Reader reader;
  Folders folders;

  std::unique_ptr<char[]> buffer = std::make_unique<char[]>(kPiece);
  std::string given;      // of the outline, what the reader of the archive looks at
  sys::Fd body;           // of the member at hand
  std::int64_t left = 0;  // of it
  std::string path;       // of it
  std::int64_t bodies = 0;
  bool is_at_end = false;

  void advance();
  void open_body(const Place& place, std::int64_t size);
  std::optional<std::string> find_kept(const Place& place);
  std::string_view read_body();
};

// Where the first replacement after the body took it. Its path may have led through links.
std::optional<std::string> LayerArchive::Impl::find_kept(const Place& place) {
  if (kept.empty()) return std::nullopt;
  const sys::Fd* parent = folders.find(place.parent);
  const Place real{.parent = parent != nullptr ? folders.real_path(*parent) : "",
                   .name = place.name};
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (kept[i].bodies <= bodies) continue;
    for (const std::string& wanted : {place.path(), real.path()}) {
      if (!wanted.starts_with(kept[i].path)) continue;
      const std::string rest = wanted.substr(kept[i].path.size());
      if (rest.empty() || rest.front() == '/') return kept_path(folder, i) + rest;
    }
  }
  return std::nullopt;
}

void LayerArchive::Impl::open_body(const Place& place, std::int64_t size) {
  path = place.path();
  constexpr int kFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
  if (const auto kept_at = find_kept(place)) {
    body = sys::open_file(*kept_at, kFlags);
  } else {
    const sys::Fd* parent = folders.find(place.parent);
    if (parent == nullptr) throw base::Error(place.parent + ": the directory is missing");
    body = sys::open_at(*parent, place.name, kFlags);
  }
  struct stat status {};
  if (::fstat(body.get(), &status) != 0) throw base::SysError(path);
  if (!S_ISREG(status.st_mode)) throw base::Error(path + ": it is no regular file any more");
  if (status.st_size != size) throw base::Error(path + ": it has another size than it had");
  ++bodies;
  left = size;
}

std::string_view LayerArchive::Impl::read_body() {
  const auto most = std::min<std::int64_t>(left, kPiece);
  const std::size_t count = read_some(body, buffer.get(), static_cast<std::size_t>(most));
  if (count == 0) throw base::Error(path + ": it ends too early");
  left -= static_cast<std::int64_t>(count);
  return {buffer.get(), count};
}

// Reads the outline up to the next body, or for a while.
void LayerArchive::Impl::advance() {
  while (!is_at_end && left == 0 && collected.bytes().size() < kPiece) {
    const Entry* entry = reader.next();
    if (entry == nullptr) {
      reader.drain();
      is_at_end = true;
      return;
    }
    const Place place = place_of(entry->path);
    if (!is_left_out(*entry, place)) continue;
    reader.expect_no_body();
    open_body(place, entry->size);
  }
}

LayerArchive::LayerArchive(const std::string& folder, const std::string& root)
    : impl_(std::make_unique<Impl>(folder, root)) {}

LayerArchive::~LayerArchive() = default;

std::string_view LayerArchive::read() {
  Impl& at = *impl_;
  if (at.collected.bytes().empty() && at.left == 0) at.advance();
  if (!at.collected.bytes().empty()) {
    at.given.swap(at.collected.bytes());
    at.collected.bytes().clear();
    return at.given;
  }
  return at.left > 0 ? at.read_body() : std::string_view();
}

std::int64_t archive_size(const std::string& folder) {
  FileBytes compressed(open_outline(folder));
  InflatedSource outline(compressed);
  Counted counted;
  Reader reader(outline, &counted);
  std::int64_t bodies = 0;
  while (const Entry* entry = reader.next()) {
    if (!is_left_out(*entry, place_of(entry->path))) continue;
    reader.expect_no_body();
    bodies += entry->size;
  }
  reader.drain();
  return counted.size() + bodies;
}

}  // namespace tar
