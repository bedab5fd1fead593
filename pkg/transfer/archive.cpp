#include "pkg/transfer/archive.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/transfer/file_source.hpp"
#include "storage/tar/inflate.hpp"
#include "storage/tar/place.hpp"
#include "storage/tar/reader.hpp"

#include <fmt/core.h>

#include <array>

#include <sys/stat.h>
#include <unistd.h>

namespace transfer {
namespace {

constexpr std::size_t kMostDocument = std::size_t{4} << 20U;
constexpr int kMostLinks = 8;

std::string normal(const std::string& path) {
  return tar::place_of(path).path();
}

// The body of one member; every source has a reader of its own, so many can be read at once.
class MemberSource : public tar::Source {
 public:
  MemberSource(sys::Fd archive, const std::string& name)
      : file_(std::move(archive)), reader_(file_) {
    while (const tar::Entry* entry = reader_.next()) {
      if (normal(entry->path) == name) return;
    }
    throw base::Error(name + " is missing in the archive");
  }

  std::string_view read() override {
    tar::Block block;
    if (!reader_.read(block)) return {};
    return block.bytes;
  }

 private:
  FileSource file_;
  tar::Reader reader_;
};

class TarFiles : public Files {
 public:
  explicit TarFiles(sys::Fd archive) : archive_(std::move(archive)) {
    FileSource source(reopened());
    tar::Reader reader(source);
    while (const tar::Entry* entry = reader.next()) {
      const bool is_link =
          entry->type == tar::EntryType::Symlink || entry->type == tar::EntryType::Hardlink;
      if (entry->type != tar::EntryType::File && !is_link) continue;
      links_[normal(entry->path)] = is_link ? target_of(*entry) : "";
    }
  }

  std::unique_ptr<tar::Source> find(const std::string& name) const override {
    std::string at = normal(name);
    for (int depth = 0; depth < kMostLinks; ++depth) {
      const auto found = links_.find(at);
      if (found == links_.end()) return nullptr;
      if (found->second.empty()) return std::make_unique<MemberSource>(reopened(), at);
      at = found->second;
    }
    throw base::Error(name + ": links that lead to each other");
  }

 private:
  // With a position of its own in the file.
  sys::Fd reopened() const { return sys::open_file(sys::fd_path(archive_)); }

  // Old archives link a layer that occurs twice: "b/layer.tar" leads to "../a/layer.tar".
  static std::string target_of(const tar::Entry& entry) {
    if (entry.type == tar::EntryType::Hardlink) return normal(entry.link);
    std::string parent = tar::place_of(entry.path).parent;
    std::string link = entry.link;
    while (link.starts_with("../")) {
      link.erase(0, 3);
      const std::size_t slash = parent.rfind('/');
      parent.erase(slash == std::string::npos ? 0 : slash);
    }
    return normal(parent + "/" + link);
  }

  sys::Fd archive_;
  std::map<std::string, std::string> links_;  // name to where it leads; "" for a file
};

class FolderFiles : public Files {
 public:
  explicit FolderFiles(sys::Fd folder) : folder_(std::move(folder)) {}

  std::unique_ptr<tar::Source> find(const std::string& name) const override {
    std::optional<sys::Fd> file = sys::find_in(folder_, normal(name), O_RDONLY);
    return file ? std::make_unique<FileSource>(std::move(*file)) : nullptr;
  }

 private:
  sys::Fd folder_;
};

tar::Compression compression_of(const sys::Fd& file) {
  std::array<char, 8> head{};
  const ssize_t count = ::pread(file.get(), head.data(), head.size(), 0);
  return tar::sniff({head.data(), count > 0 ? static_cast<std::size_t>(count) : 0});
}

// And may be opened once more: standard input may be somebody else's file.
bool is_at_its_start(const sys::Fd& file) {
  return ::lseek(file.get(), 0, SEEK_CUR) == 0 && ::access(sys::fd_path(file).c_str(), R_OK) == 0;
}

sys::Fd inflated(sys::Fd input, const storage::Layout& layout) {
  sys::Fd file = sys::open_file(layout.staging(), O_TMPFILE | O_RDWR, 0600);
  FileSource source(std::move(input));
  tar::InflatedSource inflate(source);
  while (true) {
    const std::string_view piece = inflate.read();
    if (piece.empty()) return file;
    sys::write_all(file, piece);
  }
}

}  // namespace

std::string Files::read(const std::string& name) const {
  const std::unique_ptr<tar::Source> source = open(name);
  std::string text;
  while (true) {
    const std::string_view piece = source->read();
    if (piece.empty()) return text;
    text += piece;
    if (text.size() > kMostDocument) throw base::Error(name + " is larger than 4 MiB");
  }
}

std::unique_ptr<tar::Source> Files::open(const std::string& name) const {
  std::unique_ptr<tar::Source> source = find(name);
  if (!source) throw base::Error(name + " is missing");
  return source;
}

std::unique_ptr<Files> files_of(sys::Fd input, const storage::Layout& layout) {
  struct stat status {};
  if (::fstat(input.get(), &status) != 0) throw base::SysError("open");
  if (S_ISDIR(status.st_mode)) return std::make_unique<FolderFiles>(std::move(input));
  const bool can_be_reread = S_ISREG(status.st_mode) && is_at_its_start(input);
  if (!can_be_reread || compression_of(input) != tar::Compression::None) {
    input = inflated(std::move(input), layout);
  }
  return std::make_unique<TarFiles>(std::move(input));
}

std::unique_ptr<Files> open_files(const std::string& path, const storage::Layout& layout) {
  return files_of(open_input(path), layout);
}

}  // namespace transfer
