#include "storage/tar/member.hpp"

#include "pkg/base/error.hpp"
#include "storage/tar/fields.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <string_view>

namespace tar {
namespace {

constexpr std::int64_t kMostIn7 = 07777777;       // digits of a number field of eight bytes
constexpr std::int64_t kMostIn11 = 077777777777;  // and of twelve

void put_text(std::string& header, Field field, std::string_view text) {
  std::ranges::copy(text.substr(0, field.size),
                    header.begin() + static_cast<std::ptrdiff_t>(field.at));
}

void put_number(std::string& header, Field field, std::int64_t number) {
  put_text(header, field,
           fmt::format("{:0{}o}", static_cast<std::uint64_t>(number), field.size - 1));
}

void put_checksum(std::string& header) {
  put_text(header, kChecksum, "        ");
  unsigned sum = 0;
  for (const char byte : header)
    sum += static_cast<unsigned char>(byte);
  put_text(header, kChecksum, std::string_view(fmt::format("{:06o}\0 ", sum)));
  header[kChecksum.at + 6] = '\0';
  header[kChecksum.at + 7] = ' ';
}

char type_of(EntryType type) {
  switch (type) {
    case EntryType::File:
      return '0';
    case EntryType::Hardlink:
      return '1';
    case EntryType::Symlink:
      return '2';
    case EntryType::Directory:
      return '5';
    case EntryType::Fifo:
      return '6';
    case EntryType::CharDevice:
    case EntryType::BlockDevice:
    case EntryType::Other:
      break;
  }
  throw base::Error("devices are not packed");
}

// "LENGTH KEY=VALUE\n", where the length counts itself.
std::string record(std::string_view key, std::string_view value) {
  const std::size_t rest = key.size() + value.size() + 3;
  std::size_t length = rest + 1;
  while (length != rest + std::to_string(length).size())
    length = rest + std::to_string(length).size();
  return fmt::format("{} {}={}\n", length, key, value);
}

// A long name in two halves at a slash; an empty name when it has none at a fitting place.
struct Halves {
  std::string_view prefix;
  std::string_view name;
};

Halves halves_of(std::string_view path) {
  if (path.size() <= kName.size) return {"", path};
  if (path.size() > kName.size + kPrefix.size + 1) return {};
  const std::size_t slash = path.find('/', path.size() - kName.size - 1);
  if (slash == std::string_view::npos || slash == 0 || slash > kPrefix.size) return {};
  if (slash + 1 == path.size()) return {};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

bool needs_pax_time(const Entry& entry) {
  return entry.mtime.tv_nsec != 0 || entry.mtime.tv_sec < 0 || entry.mtime.tv_sec > kMostIn11;
}

// Before 1970 the fraction counts towards zero.
std::string time_text(timespec time) {
  constexpr long kSecond = 1'000'000'000;  // NOLINT(google-runtime-int): timespec's
  const bool is_negative = time.tv_sec < 0;
  const auto seconds = is_negative && time.tv_nsec != 0 ? time.tv_sec + 1 : time.tv_sec;
  const auto fraction = is_negative && time.tv_nsec != 0 ? kSecond - time.tv_nsec : time.tv_nsec;
  std::string text = fmt::format("{}{}", is_negative ? "-" : "", is_negative ? -seconds : seconds);
  if (fraction == 0) return text;
  text += fmt::format(".{:09}", fraction);
  return text.substr(0, text.find_last_not_of('0') + 1);
}

std::string records_of(const Entry& entry, bool path_fits) {
  std::string text;
  if (!path_fits) text += record("path", entry.path);
  if (entry.link.size() > kLink.size) text += record("linkpath", entry.link);
  if (entry.size > kMostIn11) text += record("size", std::to_string(entry.size));
  if (entry.uid > kMostIn7) text += record("uid", std::to_string(entry.uid));
  if (entry.gid > kMostIn7) text += record("gid", std::to_string(entry.gid));
  if (needs_pax_time(entry)) text += record("mtime", time_text(entry.mtime));
  for (const auto& [name, value] : entry.xattrs)
    text += record("SCHILY.xattr." + name, value);
  return text;
}

struct Plain {
  Halves path;
  char type = '0';
};

// The one block that every member has; what does not fit is cut off or 0, for pax says it.
std::string ustar(const Entry& entry, const Plain& plain) {
  const auto fitting = [](std::int64_t number, std::int64_t most) {
    return number >= 0 && number <= most ? number : 0;
  };
  std::string header(kBlockSize, '\0');
  put_text(header, kName, plain.path.name);
  put_number(header, kMode, entry.mode & 07777U);
  put_number(header, kUid, fitting(entry.uid, kMostIn7));
  put_number(header, kGid, fitting(entry.gid, kMostIn7));
  put_number(header, kSize, fitting(entry.size, kMostIn11));
  put_number(header, kMtime, fitting(entry.mtime.tv_sec, kMostIn11));
  header[kType] = plain.type;
  put_text(header, kLink, entry.link);
  put_text(header, kMagicAndVersion, std::string_view("ustar\00000", 8));
  put_text(header, kPrefix, plain.path.prefix);
  put_checksum(header);
  return header;
}

// Where readers that know no pax would put the records; a name, no more.
std::string name_of_records(std::string_view path) {
  std::string_view name = path;
  while (name.ends_with('/'))
    name.remove_suffix(1);
  name = name.substr(name.rfind('/') + 1);
  return fmt::format("PaxHeaders.0/{}", name.substr(0, kName.size - 20));
}

}  // namespace

std::string header_of(const Entry& entry) {
  const char type = type_of(entry.type);
  const Halves halves = halves_of(entry.path);
  const bool path_fits = !halves.name.empty();
  const std::string records = records_of(entry, path_fits);
  std::string header;
  if (!records.empty()) {
    Entry extended;
    const std::string name = name_of_records(entry.path);
    extended.size = static_cast<std::int64_t>(records.size());
    extended.mode = 0644;
    header = ustar(extended, {.path = {"", name}, .type = 'x'}) + records;
    header.append(padding_of(extended.size), '\0');
  }
  const Halves shown = path_fits ? halves : Halves{"", std::string_view(entry.path)};
  return header + ustar(entry, {.path = shown, .type = type});
}

std::size_t padding_of(std::int64_t size) {
  const auto rest = static_cast<std::size_t>(size) % kBlockSize;
  return rest == 0 ? 0 : kBlockSize - rest;
}

std::string end_of_archive() {
  return std::string(2 * kBlockSize, '\0');
}

}  // namespace tar
