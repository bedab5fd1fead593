#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace transfer {

// How far a layer has come.
struct LayerProgress {
  std::string digest;
  std::int64_t size = 0;
  std::int64_t received = 0;
  std::int64_t resumed_at = 0;  // bytes that an earlier pull has brought
  std::string note = {};        // "is there already"
};

// What a user is shown while images come in or go out. Called from one thread only.
class Report {
 public:
  virtual ~Report() = default;
  virtual void begin(const std::string& name) = 0;
  // Several times a second while layers move, and once when all are there.
  virtual void show(std::span<const LayerProgress> layers) = 0;
  // The picture stays as it is; other lines may follow.
  virtual void end() = 0;
};

}  // namespace transfer
