#pragma once

#include "pkg/transfer/line.hpp"
#include "storage/partial_blob.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace transfer {

// Keeps the bytes of a blob while they arrive, as long as that is worth it; see the source. Never a
// reason for a pull to fail.
class Keeping {
 public:
  // `has_room` is asked now and then whether the disk has room for what is to come and a copy.
  Keeping(storage::PartialBlob& part, Line& line, std::function<bool()> has_room);

  // What has arrived, in order, after the line was told of it.
  void take(std::string_view bytes);

 private:
  enum class Stage { Trying, Kept, Over };

  void try_line();
  void keep(std::string_view bytes);
  void watch_line();
  void end();

  storage::PartialBlob& part_;
  Line& line_;
  std::function<bool()> has_room_;
  Stage stage_ = Stage::Trying;
  std::string waiting_;  // while trying
  Line::Mark since_;
  std::int64_t until_look_ = 0;  // bytes
};

}  // namespace transfer
