#include "storage/tar/outline.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "storage/tar/whiteout.hpp"

#include <fmt/core.h>

#include <cstdio>

#include <zstd.h>

namespace tar {
namespace {

constexpr std::size_t kPiece = std::size_t{64} << 10U;
constexpr int kLevel = 1;  // headers are alike: more effort gains little

std::string kept_folder(const std::string& folder) {
  return folder + "/kept";
}

std::string kept_list(const std::string& folder) {
  return kept_folder(folder) + "/list";
}

}  // namespace

struct Outline::Stream {
  struct Free {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  };

  sys::Fd file;
  std::unique_ptr<ZSTD_CCtx, Free> context{ZSTD_createCCtx()};
  std::unique_ptr<char[]> buffer = std::make_unique<char[]>(kPiece);

  void write(std::string_view bytes, ZSTD_EndDirective directive) {
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    std::size_t left = 1;
    while (in.pos < in.size || (directive == ZSTD_e_end && left > 0)) {
      ZSTD_outBuffer out{buffer.get(), kPiece, 0};
      left = ZSTD_compressStream2(context.get(), &out, &in, directive);
      if (ZSTD_isError(left) != 0U) throw base::Error("zstd: the outline cannot be compressed");
      sys::write_all(file, {buffer.get(), out.pos});
    }
  }
};

Outline::Outline(const std::string& folder) : folder_(folder), stream_(std::make_unique<Stream>()) {
  if (!stream_->context) throw base::Error("no memory for zstd");
  ZSTD_CCtx_setParameter(stream_->context.get(), ZSTD_c_compressionLevel, kLevel);
  stream_->file = sys::open_file(outline_file(folder), O_WRONLY | O_CREAT | O_EXCL, 0600);
}

Outline::~Outline() = default;

void Outline::record(std::string_view bytes) {
  stream_->write(bytes, ZSTD_e_continue);
}

void Outline::keep(const sys::Fd& parent, const Place& place) {
  if (kept_.empty()) sys::make_dir(kept_folder(folder_), 0700);
  const std::string target = kept_path(folder_, kept_.size());
  if (::renameat(parent.get(), place.name.c_str(), AT_FDCWD, target.c_str()) != 0) {
    throw base::SysError("keep what is replaced");
  }
  kept_.push_back(fmt::format("{} {}", bodies_, place.path()));
}

void Outline::finish() {
  stream_->write({}, ZSTD_e_end);
  if (kept_.empty()) return;
  std::string list;
  for (const std::string& record : kept_)
    list += record + '\0';
  sys::create_file(kept_list(folder_), list, 0600);
}

bool is_left_out(const Entry& entry, const Place& place) {
  return entry.type == EntryType::File && !entry.is_sparse && entry.size > 0 &&
         parse_whiteout(place.name).kind == Whiteout::Kind::None;
}

std::vector<Kept> list_kept(const std::string& folder) {
  const std::string list = sys::find_file(kept_list(folder)).value_or("");
  std::vector<Kept> kept;
  for (const std::string& record : base::split(list, '\0')) {
    const auto [bodies, path] = base::split_once(record, ' ');
    if (path) kept.push_back({.bodies = base::parse_integer(bodies).value_or(0), .path = *path});
  }
  return kept;
}

std::string outline_file(const std::string& folder) {
  return folder + "/outline.zst";
}

std::string kept_path(const std::string& folder, std::size_t number) {
  return fmt::format("{}/{}", kept_folder(folder), number);
}

}  // namespace tar
