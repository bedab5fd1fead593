#pragma once

#include "pkg/sys/fd.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace monitor {

enum class Stream : char { Out = 'o', Err = 'e' };

// A container's output on disk, in the form that kubelets and podman write (CRI log format): a line
// each of "TIME stdout F text"; P instead of F where the text's line goes on in the next entry.
class LogFile {
 public:
  LogFile() = default;  // writes nothing
  // Appends to the file, made when missing. Over `size_max` bytes (0: never) it becomes path.1, in
  // place of an older one, and a new file is begun: at a line's end, so no line is cut. Whoever
  // reads path.1 under a shared lock (flock) has that put off, so that a follower who is slower
  // than the container loses nothing: up to eight times the size, and beyond that as long as it is
  // under `most` and a sixteenth of what the disk has free.
  LogFile(std::string path, std::int64_t size_max, std::int64_t most = std::int64_t{1} << 30);

  // Does not throw: a full disk must not stop a container. The text is lost then, the next may not.
  void write(Stream stream, std::string_view text);

 private:
  void append(Stream stream, std::string_view text);
  bool may_rotate();
  bool is_too_big() const;
  void rotate();

  std::string path_;
  std::int64_t size_max_ = 0;
  std::int64_t most_ = 0;
  std::int64_t size_ = 0;
  std::int64_t rotate_at_ = 0;  // the size at which to look again; 0: `size_max_`
  sys::Fd file_;
};

}  // namespace monitor
