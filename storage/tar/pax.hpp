#pragma once

#include "storage/tar/sparse.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <time.h>

namespace tar {

// What an extended header says of the member that follows it, in place of that one's own fields;
// pax(1), "pax Extended Header", with star's attributes and GNU's sparse files.
struct Extended {
  std::optional<std::string> path;
  std::optional<std::string> link;
  std::optional<std::int64_t> size;
  std::optional<std::int64_t> uid;
  std::optional<std::int64_t> gid;
  std::optional<timespec> mtime;
  std::vector<std::pair<std::string, std::string>> xattrs;
  std::optional<SparseClaim> sparse;
};

// Throws base::Error for what is not a list of records.
Extended parse_pax(std::string_view records);

}  // namespace tar
