#pragma once

#include "pkg/sys/fd.hpp"
#include "storage/tar/place.hpp"
#include "storage/tar/reader.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tar {

// A layer has to give back the very archive it came from, or it would have another digest wherever
// it goes. Its files hold most of it; the rest, headers, padding and whatever follows the end, is
// kept beside them as the archive's outline: the same bytes without the bodies that the files hold.
// A body whose file a later member of the same archive replaced is kept as well.
//
//   outline.zst   the outline, compressed
//   kept/N        what was replaced, a file or a directory; made when there is something
//   kept/list     for each N in order, "BODIES PATH\0": where it was, and how many bodies had been
//                 left out when it was replaced
class Outline : public Recorder {
 public:
  // `folder` is the layer's.
  explicit Outline(const std::string& folder);
  ~Outline() override;

  void record(std::string_view bytes) override;
  // One more body is left out.
  void count_body() { ++bodies_; }
  // Takes what is at `place` away; no part of it is a link.
  void keep(const sys::Fd& parent, const Place& place);
  void finish();

 private:
  struct Stream;
  std::string folder_;
  std::unique_ptr<Stream> stream_;
  std::int64_t bodies_ = 0;
  std::vector<std::string> kept_;
};

// Whether the outline leaves the member's body out.
bool is_left_out(const Entry& entry, const Place& place);

// What was replaced, as `keep` left it.
struct Kept {
  std::int64_t bodies = 0;
  std::string path;
};
std::vector<Kept> list_kept(const std::string& folder);

std::string outline_file(const std::string& folder);
std::string kept_path(const std::string& folder, std::size_t number);

}  // namespace tar
