#pragma once

#include "pkg/home/home.hpp"
#include "pkg/transfer/layers.hpp"

#include <cstdint>
#include <set>
#include <string>

namespace transfer {

struct DedupOptions {
  bool dry_run = false;
  bool hard_links = false;        // where the file system has no reflinks
  std::set<std::string> running;  // layers that are mounted: they get no hard links
};

struct Deduped {
  enum class Way { None, Reflinks, HardLinks };
  Way way = Way::None;
  std::int64_t layers = 0;  // looked at
  std::int64_t files = 0;   // that rest on another one now
  std::int64_t bytes = 0;   // of the disk that this saves
};

// The layers that containers run on.
std::set<std::string> running_layers(const home::Home& home);

// Stores regular files of committed layers once that are in several. What containers see of a file
// stays as it is, but that its link count is larger with hard links. May be killed at any moment.
// From inside the user's namespace.
Deduped dedup(const Store& store, const DedupOptions& options);

}  // namespace transfer
