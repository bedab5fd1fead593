#pragma once

#include "pkg/sys/fd.hpp"
#include "pkg/userns/ids.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace transfer {

// A name in an open directory. It is never followed: what a container puts there in place of what
// we have seen leads nowhere.
struct Spot {
  sys::Fd parent;
  std::string name;
};

struct CopyOptions {
  // Who owns the copies; nothing: who owns what is copied, as both containers see it.
  std::optional<std::pair<std::uint32_t, std::uint32_t>> owner;
  userns::Ids from;
  userns::Ids to;
  bool overwrite = false;  // directories by what is none, and the other way round
};

// Copies files, directories, links and pipes, with modes, times and the attributes that images may
// have; names of one file stay names of one file. Files replace what has their name, directories
// are merged. Devices and sockets are left out. Throws base::Error naming the path.

// A file or a directory (open for reading) becomes the one at the spot.
void copy_to(const sys::Fd& from, const Spot& to, const CopyOptions& options);
// What is in a directory goes into another one, which stays as it is itself.
void copy_into(const sys::Fd& from, const sys::Fd& to, const CopyOptions& options);

}  // namespace transfer
