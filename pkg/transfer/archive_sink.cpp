#include "pkg/base/error.hpp"
#include "pkg/hash/sha256.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/transfer/file_sink.hpp"
#include "pkg/transfer/file_source.hpp"
#include "pkg/transfer/output.hpp"
#include "storage/tar/member.hpp"

#include <fmt/core.h>

#include <set>

#include <unistd.h>

namespace transfer {
namespace {

// As podman writes it: nothing of the day or of who did it, so that the same image makes the same
// archive.
tar::Entry entry_of(const std::string& name) {
  tar::Entry entry;
  entry.path = name;
  entry.mode = 0444;
  return entry;
}

class ArchiveSink : public FileSink {
 public:
  ArchiveSink(const std::string& path, const storage::Layout& layout)
      : output_(path), layout_(layout) {}

  void add(const std::string& name, tar::Source& source, std::int64_t size) override {
    if (!names_.insert(name).second) return;
    add_folders(name);
    tar::Entry entry = entry_of(name);
    entry.size = size;
    output_.write(tar::header_of(entry));
    std::int64_t left = size;
    while (true) {
      const std::string_view piece = source.read();
      if (piece.empty()) break;
      left -= static_cast<std::int64_t>(piece.size());
      if (left < 0) break;
      output_.write(piece);
    }
    if (left != 0) throw base::Error(fmt::format("{}: it is not of {} bytes", name, size));
    output_.write(std::string(tar::padding_of(size), '\0'));
  }

  Blob add_blob(const std::string& prefix, tar::Source& source) override {
    sys::Fd file = sys::open_file(layout_.staging(), O_TMPFILE | O_RDWR, 0600);
    hash::Sha256 hasher;
    Blob blob;
    while (true) {
      const std::string_view piece = source.read();
      if (piece.empty()) break;
      hasher.update(piece);
      sys::write_all(file, piece);
      blob.size += static_cast<std::int64_t>(piece.size());
    }
    const std::string digits = hasher.finish();
    blob.digest = "sha256:" + digits;
    if (::lseek(file.get(), 0, SEEK_SET) != 0) throw base::SysError("seek");
    FileSource written(std::move(file));
    add(prefix + digits, written, blob.size);
    return blob;
  }

  void add_link(const std::string& name, const std::string& target) override {
    if (!names_.insert(name).second) return;
    add_folders(name);
    tar::Entry entry = entry_of(name);
    entry.type = tar::EntryType::Symlink;
    entry.link = target;
    entry.mode = 0777;
    output_.write(tar::header_of(entry));
  }

  bool has(const std::string& name) const override { return names_.contains(name); }
  std::string find_text(const std::string&) const override { return ""; }

  void commit() override {
    output_.write(tar::end_of_archive());
    output_.commit();
  }

 private:
  // Some readers give folders that an archive does not mention to root, or fail to.
  void add_folders(const std::string& name) {
    for (std::size_t at = name.find('/'); at != std::string::npos; at = name.find('/', at + 1)) {
      tar::Entry folder = entry_of(name.substr(0, at + 1));
      if (!names_.insert(folder.path).second) continue;
      folder.type = tar::EntryType::Directory;
      folder.mode = 0755;
      output_.write(tar::header_of(folder));
    }
  }

  Output output_;
  storage::Layout layout_;
  std::set<std::string> names_;
};

}  // namespace

std::unique_ptr<FileSink> open_archive_sink(const std::string& path,
                                            const storage::Layout& layout) {
  return std::make_unique<ArchiveSink>(path, layout);
}

}  // namespace transfer
