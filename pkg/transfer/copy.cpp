// What lands where, in the words of docker's manual. The source is a file: it becomes the
// destination, or goes into it when that is a directory. The source is a directory: it becomes the
// destination when there is none yet; goes into it by its name when that is a directory; and with
// "/." behind it, what is in it goes there. Links at either end are followed, those in between are
// copied. Both ends are open files in the end: a container that changes its files meanwhile can
// spoil the copy, but not lead it out of its root.
#include "pkg/transfer/copy.hpp"

#include "pkg/base/error.hpp"
#include "pkg/containers/files.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/transfer/copy_place.hpp"
#include "pkg/transfer/file_source.hpp"
#include "pkg/transfer/output.hpp"
#include "pkg/transfer/store.hpp"
#include "pkg/transfer/tree_copy.hpp"
#include "storage/tar/apply.hpp"
#include "storage/tar/inflate.hpp"
#include "storage/tar/tree_archive.hpp"

#include <climits>

#include <array>
#include <cerrno>
#include <map>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace transfer {
namespace {

constexpr int kMostLinks = 40;  // as the kernel has it

using Opened = std::map<std::string, containers::Files>;  // by container

// One end, and how paths are resolved there: by the kernel, in the container's root.
class End {
 public:
  End(const home::Home& home, const CopyPlace& place, Opened& opened) : place_(place) {
    if (place.container.empty()) return;
    const containers::Container container = containers::get(home, place.container);
    const auto known = opened.find(container.id);
    files_ =
        known != opened.end()
            ? &known->second
            : &opened.emplace(container.id, containers::open_files(home, container)).first->second;
  }

  const CopyPlace& place() const { return place_; }
  const containers::Files* files() const { return files_; }

  // Links are followed. Nothing when there is none.
  std::optional<sys::Fd> find(const std::string& path, int flags) const {
    if (files_ != nullptr) return sys::find_in(files_->root, inside(path), flags);
    sys::Fd file(::open(path.c_str(), flags | O_CLOEXEC));
    if (!file && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
    if (!file) throw base::SysError(path);
    return file;
  }

  // Where a path leads that need not exist, but for its last part: links there are followed, too.
  Spot spot_of(std::string path) const {
    for (int links = 0; links < kMostLinks; ++links) {
      const std::size_t slash = path.rfind('/');
      const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
      auto parent = find(folder, O_PATH | O_DIRECTORY);
      if (!parent) throw base::SysError(shown(path), ENOENT);
      Spot spot{std::move(*parent), path.substr(slash + 1)};
      std::array<char, PATH_MAX + 1> text{};
      if (::readlinkat(spot.parent.get(), spot.name.c_str(), text.data(), PATH_MAX) < 0) {
        return spot;
      }
      const std::string target = text.data();
      path = target.starts_with('/') ? target : folder + "/" + target;
    }
    throw base::SysError(shown(path), ELOOP);
  }

  std::string shown(const std::string& path) const {
    return files_ != nullptr ? place_.container + ":" + path : path;
  }
  std::string shown() const { return shown(place_.path); }

 private:
  // Relative paths begin in the container's working directory.
  std::string inside(const std::string& path) const {
    return path.starts_with('/') ? path : files_->workdir + "/" + path;
  }

  const CopyPlace& place_;
  const containers::Files* files_ = nullptr;
};

bool is_directory(const sys::Fd& file) {
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) throw base::SysError("stat");
  return S_ISDIR(status.st_mode);
}

sys::Fd open_source(const End& end) {
  auto found = end.find(end.place().path, O_RDONLY | O_NONBLOCK);
  if (!found) throw base::SysError(end.shown(), ENOENT);
  return std::move(*found);
}

bool means_contents(const End& end, const sys::Fd& source) {
  if (end.place().means_contents()) return true;
  struct stat root {};
  struct stat status {};
  if (end.files() == nullptr || ::fstat(end.files()->root.get(), &root) != 0 ||
      ::fstat(source.get(), &status) != 0) {
    return false;
  }
  return root.st_dev == status.st_dev && root.st_ino == status.st_ino;
}

// Of "a/..", too: a directory's name is what it is in its parent.
std::string name_of(const CopyPlace& place, const sys::Fd& source) {
  const std::string name = place.base_name();
  if (name != "..") return name;
  const std::string path = sys::find_link(sys::fd_path(source)).value_or("");
  return path.substr(path.rfind('/') + 1);
}

void place_copy(const End& from, const End& to, const CopyOptions& options) {
  const sys::Fd source = open_source(from);
  const std::string& path = to.place().path;
  const auto there = to.find(path, O_PATH);
  const bool is_tree = is_directory(source);
  if (!there && path.ends_with('/')) throw base::SysError(to.shown(), ENOENT);
  if (!there) return copy_to(source, to.spot_of(path), options);
  if (!is_directory(*there)) {
    if (is_tree) {
      throw base::Error(to.shown() + ": it has to be a directory, for a directory goes there");
    }
    return copy_to(source, to.spot_of(path), options);
  }
  if (is_tree && means_contents(from, source)) return copy_into(source, *there, options);
  copy_to(source, {there->duplicate(), name_of(from.place(), source)}, options);
}

// A file or directory by its name; of a directory with "/." behind it what is in it.
void write_archive(const End& from, Output& output) {
  const sys::Fd source = open_source(from);
  sys::Fd folder = source.duplicate();
  tar::TreeOptions options;
  options.ids = from.files()->ids;
  if (!is_directory(source)) {
    Spot spot = from.spot_of(from.place().path);
    folder = sys::open_at(spot.parent, ".", O_RDONLY | O_DIRECTORY);
    options.only = {spot.name};
  } else if (!means_contents(from, source)) {
    const std::string path = sys::find_link(sys::fd_path(source)).value_or("");
    folder = sys::open_at(source, "..", O_RDONLY | O_DIRECTORY);
    options.only = {path.substr(path.rfind('/') + 1)};
  }
  tar::TreeArchive archive(std::move(folder), options);
  while (true) {
    const std::string_view piece = archive.read();
    if (piece.empty()) break;
    output.write(piece);
  }
  output.commit();
}

void read_archive(const End& to, tar::Source& bytes, tar::UnpackOptions options) {
  const auto folder = to.find(to.place().path, O_RDONLY | O_DIRECTORY);
  if (!folder) throw base::Error(to.shown() + ": it has to be a directory, for an archive");
  options.changes_root = false;
  tar::InflatedSource inflated(bytes);
  tar::unpack(inflated, *folder, options);
}

// On this host all is ours.
CopyOptions options_for(const End* from, const End& to, const CopyRequest& request) {
  CopyOptions options;
  options.overwrite = request.overwrite;
  if (to.files() == nullptr) options.owner = {0, 0};
  if (to.files() != nullptr && request.to_user)
    options.owner = {to.files()->user.uid, to.files()->user.gid};
  if (from != nullptr && from->files() != nullptr) options.from = from->files()->ids;
  if (to.files() != nullptr) options.to = to.files()->ids;
  return options;
}

void check(const CopyPlace& from, const CopyPlace& to) {
  if (!from.container.empty() || !to.container.empty()) return;
  throw base::Error("one of the two has to be in a container: CONTAINER:PATH");
}

}  // namespace

void copy_files(const home::Home& home, const CopyRequest& request) {
  const CopyPlace from = parse_copy_place(request.from);
  const CopyPlace to = parse_copy_place(request.to);
  check(from, to);
  std::optional<Output> output;
  std::optional<FileSource> input;
  if (to.is_stream()) output.emplace("");
  if (from.is_stream()) input.emplace(open_input("-"));
  const Store store = open_store(home);
  Opened opened;
  if (output) return write_archive(End(home, from, opened), *output);
  const End target(home, to, opened);
  if (input) {
    const CopyOptions options = options_for(nullptr, target, request);
    return read_archive(target, *input,
                        {.squash_owners = store.squash_owners,
                         .owner = options.owner,
                         .ids = options.to,
                         .replaces_directories = request.overwrite});
  }
  const End source(home, from, opened);
  place_copy(source, target, options_for(&source, target, request));
}

}  // namespace transfer
