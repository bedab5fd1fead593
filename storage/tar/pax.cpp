#include "storage/tar/pax.hpp"

#include "pkg/base/error.hpp"

#include <algorithm>
#include <string>

namespace tar {
namespace {

constexpr std::string_view kXattr = "SCHILY.xattr.";
constexpr std::string_view kSparse = "GNU.sparse.";

[[noreturn]] void damaged() {
  throw base::Error("damaged archive: an extended header that makes no sense");
}

// "30 mtime=1350244992.023960108\n": the length counts itself and the line end.
std::string_view take_record(std::string_view& records) {
  const std::size_t blank = records.find(' ');
  if (blank == std::string_view::npos) damaged();
  const std::int64_t length = parse_decimal(records.substr(0, blank));
  const auto whole = static_cast<std::size_t>(length);
  if (length <= 0 || whole > records.size() || whole < blank + 2 || records[whole - 1] != '\n') {
    damaged();
  }
  const std::string_view record = records.substr(blank + 1, whole - blank - 2);
  records.remove_prefix(whole);
  return record;
}

// Seconds with or without a fraction; before 1970 the fraction counts backwards too.
timespec parse_time(std::string_view text) {
  constexpr std::size_t kDigits = 9;
  constexpr long kSecond = 1'000'000'000;
  const std::size_t dot = std::min(text.find('.'), text.size());
  timespec time{.tv_sec = parse_decimal(text.substr(0, dot)), .tv_nsec = 0};
  if (dot + 1 >= text.size()) return time;
  std::string digits(text.substr(dot + 1, kDigits));
  digits.resize(kDigits, '0');
  time.tv_nsec = parse_decimal(digits);
  if (time.tv_nsec < 0) damaged();
  if (text.front() == '-' && time.tv_nsec > 0) {
    time.tv_sec -= 1;
    time.tv_nsec = kSecond - time.tv_nsec;
  }
  return time;
}

void read_record(Extended& said, std::string_view key, std::string_view value) {
  if (key.starts_with(kXattr)) {
    said.xattrs.emplace_back(key.substr(kXattr.size()), value);
    return;
  }
  if (value.empty()) return;  // takes back what a global header said, and we heed none
  if ((key == "path" || key == "linkpath") && value.find('\0') != std::string_view::npos) damaged();
  if (key == "path") said.path = value;
  if (key == "linkpath") said.link = value;
  if (key == "size") said.size = parse_decimal(value);
  if (key == "uid") said.uid = parse_decimal(value);
  if (key == "gid") said.gid = parse_decimal(value);
  if (key == "mtime") said.mtime = parse_time(value);
  if (key.starts_with(kSparse)) {
    if (!said.sparse) said.sparse.emplace();
    read_sparse_record(*said.sparse, key.substr(kSparse.size()), value);
  }
}

}  // namespace

Extended parse_pax(std::string_view records) {
  Extended said;
  while (!records.empty() && records.front() != '\0') {
    const std::string_view record = take_record(records);
    const std::size_t equals = record.find('=');
    if (equals == std::string_view::npos || equals == 0) damaged();
    read_record(said, record.substr(0, equals), record.substr(equals + 1));
  }
  if (said.size && *said.size < 0) damaged();
  return said;
}

}  // namespace tar
