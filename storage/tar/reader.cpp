#include "storage/tar/reader.hpp"

#include "pkg/base/error.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/core.h>

#include <cstring>
#include <exception>
#include <limits>

namespace tar {

struct Reader::Impl {
  Impl() = default;
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    if (handle != nullptr) ::archive_read_free(handle);
  }

  archive* handle = nullptr;
  Source* source = nullptr;
  std::exception_ptr source_failure;  // libarchive is C: nothing may be thrown through it
  Entry entry;
};

namespace {

void check(archive* handle, int result) {
  if (result == ARCHIVE_OK || result == ARCHIVE_WARN) return;
  const char* text = ::archive_error_string(handle);
  throw base::Error(fmt::format("damaged archive: {}", text != nullptr ? text : "unknown error"));
}

EntryType type_of(archive_entry* raw) {
  if (::archive_entry_hardlink(raw) != nullptr) return EntryType::Hardlink;
  switch (::archive_entry_filetype(raw)) {
    case AE_IFREG:
      return EntryType::File;
    case AE_IFDIR:
      return EntryType::Directory;
    case AE_IFLNK:
      return EntryType::Symlink;
    case AE_IFCHR:
      return EntryType::CharDevice;
    case AE_IFBLK:
      return EntryType::BlockDevice;
    case AE_IFIFO:
      return EntryType::Fifo;
    default:
      return EntryType::Other;
  }
}

std::uint32_t id_of(std::int64_t claimed, std::string_view path) {
  if (claimed < 0 || claimed >= std::numeric_limits<std::uint32_t>::max()) {
    throw base::Error(fmt::format("{}: owner {} is out of range", path, claimed));
  }
  return static_cast<std::uint32_t>(claimed);
}

void read_xattrs(archive_entry* raw, Entry& entry) {
  entry.xattrs.clear();
  if (::archive_entry_xattr_reset(raw) == 0) return;
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  while (::archive_entry_xattr_next(raw, &name, &value, &size) == ARCHIVE_OK) {
    if (name == nullptr) continue;
    entry.xattrs.emplace_back(name, std::string(static_cast<const char*>(value), size));
  }
}

void assign(std::string& text, const char* value) {
  text = value != nullptr ? value : "";
}

void read_entry(archive_entry* raw, Entry& entry) {
  entry.type = type_of(raw);
  assign(entry.path, ::archive_entry_pathname(raw));
  assign(entry.link, entry.type == EntryType::Hardlink ? ::archive_entry_hardlink(raw)
                                                       : ::archive_entry_symlink(raw));
  entry.uid = id_of(::archive_entry_uid(raw), entry.path);
  entry.gid = id_of(::archive_entry_gid(raw), entry.path);
  entry.mode = ::archive_entry_perm(raw) & 07777U;
  entry.mtime = {.tv_sec = ::archive_entry_mtime(raw), .tv_nsec = ::archive_entry_mtime_nsec(raw)};
  entry.size = ::archive_entry_size_is_set(raw) != 0 ? ::archive_entry_size(raw) : 0;
  read_xattrs(raw, entry);
}

}  // namespace

// Names come as the bytes they are as long as nobody calls setlocale(3): in another locale
// libarchive would convert pax's UTF-8 and normalise it, and a file would get a name that nobody
// gave it. The conversion that fails instead is a warning with nothing lost.
Reader::Reader(Source& source) : impl_(std::make_unique<Impl>()) {
  impl_->source = &source;
  impl_->handle = ::archive_read_new();
  if (impl_->handle == nullptr) throw base::Error("no memory for an archive");
  ::archive_read_support_format_empty(impl_->handle);
  ::archive_read_support_format_tar(impl_->handle);
  const auto read = [](archive*, void* data, const void** bytes) -> la_ssize_t {
    auto* impl = static_cast<Impl*>(data);
    try {
      const std::string_view piece = impl->source->read();
      *bytes = piece.data();
      return static_cast<la_ssize_t>(piece.size());
    } catch (...) {
      impl->source_failure = std::current_exception();
      return ARCHIVE_FATAL;
    }
  };
  const auto skip = [](archive*, void* data, la_int64_t count) -> la_int64_t {
    auto* impl = static_cast<Impl*>(data);
    try {
      return impl->source->skip(count);
    } catch (...) {
      impl->source_failure = std::current_exception();
      return ARCHIVE_FATAL;
    }
  };
  const int result = ::archive_read_open2(impl_->handle, impl_.get(), nullptr, read, skip, nullptr);
  if (impl_->source_failure) std::rethrow_exception(impl_->source_failure);
  check(impl_->handle, result);
}

Reader::~Reader() = default;

const Entry* Reader::next() {
  archive_entry* raw = nullptr;
  const int result = ::archive_read_next_header(impl_->handle, &raw);
  if (impl_->source_failure) std::rethrow_exception(impl_->source_failure);
  if (result == ARCHIVE_EOF) return nullptr;
  check(impl_->handle, result);
  read_entry(raw, impl_->entry);
  return &impl_->entry;
}

bool Reader::read(Block& block) {
  const void* bytes = nullptr;
  std::size_t size = 0;
  std::int64_t offset = 0;
  const int result = ::archive_read_data_block(impl_->handle, &bytes, &size, &offset);
  if (impl_->source_failure) std::rethrow_exception(impl_->source_failure);
  if (result == ARCHIVE_EOF) return false;
  check(impl_->handle, result);
  block = {.bytes = {static_cast<const char*>(bytes), size}, .offset = offset};
  return true;
}

}  // namespace tar
