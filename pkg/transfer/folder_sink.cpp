#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/hash/sha256.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/sys/interruption.hpp"
#include "pkg/transfer/file_sink.hpp"
#include "pkg/transfer/new_file.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <utility>

#include <unistd.h>

namespace transfer {
namespace {

class TextSource : public tar::Source {
 public:
  explicit TextSource(std::string_view text) : text_(text) {}
  std::string_view read() override { return std::exchange(text_, {}); }

 private:
  std::string_view text_;
};

class FolderSink : public FileSink {
 public:
  explicit FolderSink(const std::string& path)
      : path_(path), is_ours_(sys::make_dir(path)), folder_(sys::open_dir(path)) {}

  FolderSink(const FolderSink&) = delete;
  FolderSink& operator=(const FolderSink&) = delete;

  ~FolderSink() override {
    if (!is_ours_) return;
    try {
      sys::remove_tree(path_);
    } catch (const base::Error& error) {
      base::log::warn("{}", error.what());
    }
  }

  void add(const std::string& name, tar::Source& source, std::int64_t size) override {
    make_parent(name);
    NewFile file(folder_);
    const Blob written = write(file, source);
    if (written.size != size)
      throw base::Error(fmt::format("{}: it is not of {} bytes", name, size));
    file.publish(name);
  }

  Blob add_blob(const std::string& prefix, tar::Source& source) override {
    make_parent(prefix);
    NewFile file(folder_);
    Blob blob = write(file, source);
    file.publish(prefix + blob.digest.substr(blob.digest.find(':') + 1));
    return blob;
  }

  void add_link(const std::string& name, const std::string& target) override {
    make_parent(name);
    if (::symlinkat(target.c_str(), folder_.get(), name.c_str()) != 0 && errno != EEXIST) {
      throw base::SysError(name);
    }
  }

  bool has(const std::string& name) const override {
    return ::faccessat(folder_.get(), name.c_str(), F_OK, 0) == 0;
  }

  std::string find_text(const std::string& name) const override {
    if (!has(name)) return "";
    return sys::read_all(sys::open_at(folder_, name));
  }

  void commit() override { is_ours_ = false; }

 private:
  void make_parent(const std::string& name) const {
    const std::size_t slash = name.rfind('/');
    if (slash != std::string::npos) sys::make_dirs_in(folder_, name.substr(0, slash));
  }

  Blob write(const NewFile& file, tar::Source& source) {
    hash::Sha256 hasher;
    Blob blob;
    while (true) {
      interruption_.check();
      const std::string_view piece = source.read();
      if (piece.empty()) break;
      hasher.update(piece);
      sys::write_all(file.file(), piece);
      blob.size += static_cast<std::int64_t>(piece.size());
    }
    blob.digest = "sha256:" + hasher.finish();
    return blob;
  }

  sys::Interruption interruption_;
  std::string path_;
  bool is_ours_;
  sys::Fd folder_;
};

}  // namespace

void FileSink::add_text(const std::string& name, std::string_view text) {
  TextSource source(text);
  add(name, source, static_cast<std::int64_t>(text.size()));
}

std::unique_ptr<FileSink> open_folder_sink(const std::string& path) {
  return std::make_unique<FolderSink>(path);
}

}  // namespace transfer
