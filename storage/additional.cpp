#include "storage/additional.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/json.hpp"
#include "pkg/base/log.hpp"
#include "pkg/home/places.hpp"
#include "pkg/sys/child.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"

#include <fmt/core.h>

#include <optional>

#include <sys/stat.h>

namespace storage {
namespace {

// A file by its name, and by what changes whenever somebody changes it.
std::string stamp_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) throw base::SysError(path);
  return fmt::format("{} {}:{} {} {}.{:09} {}.{:09}", path, status.st_dev, status.st_ino,
                     status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
                     status.st_ctim.tv_sec, status.st_ctim.tv_nsec);
}

std::string cache_file(const home::Home& home) {
  return home.cache + "/additional-stores.json";
}

std::optional<base::Json> find_answer(const home::Home& home, const std::string& stamp) try {
  const auto text = sys::find_file(cache_file(home));
  if (!text) return std::nullopt;
  base::Json json = base::Json::parse(*text);
  if (json.string_or("stamp", "") != stamp) return std::nullopt;
  return json;
} catch (const base::Error&) {
  return std::nullopt;  // it is a cache
}

void keep_answer(const home::Home& home, const base::Json& answer) try {
  sys::make_dirs(home.cache, 0700);
  sys::replace_file(cache_file(home), answer.dump(2) + "\n", 0600);
} catch (const base::Error& error) {
  base::log::debug("storage.conf is read again next time: {}", error.what());
}

// {"stores": [...]}, or {"trouble": "..."}
base::Json ask(const std::string& path) {
  sys::Pipe answer = sys::make_pipe();
  sys::Child program = sys::Child::spawn({home::transfer_program(), "additional-stores", path},
                                         {.in = -1, .out = answer.write.get(), .err = -1});
  answer.write.reset();
  const std::string text = sys::read_all(answer.read);
  if (program.wait() != 0) throw base::Error("pod-transfer could not read it");
  return base::Json::parse(text);
}

std::vector<std::string> read_stores(const home::Home& home, const std::string& path) {
  const std::string stamp = stamp_of(path);
  auto answer = find_answer(home, stamp);
  if (!answer) {
    answer = ask(path);
    (*answer)["stamp"] = stamp;
    keep_answer(home, *answer);
  }
  const std::string trouble = answer->string_or("trouble", "");
  if (!trouble.empty()) throw base::Error(trouble);
  return answer->strings_or_none("stores");
}

}  // namespace

std::vector<std::string> additional_stores(const home::Home& home) {
  const auto file = home::find_storage_conf(home);
  if (!file) return {};
  try {
    return read_stores(home, file->path);
  } catch (base::Error& error) {
    if (!std::string_view(error.what()).starts_with(file->path)) error.during(file->path);
    base::log::warn("{}; no additional store is used", error.what());
    return {};
  }
}

}  // namespace storage
