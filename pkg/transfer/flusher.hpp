#pragma once

#include "pkg/sys/fd.hpp"
#include "storage/layout.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace transfer {

// Brings what is written to the disk, so that a layer that has its name is complete even when the
// power fails. It begins while the files are still being written, on a thread of its own: at the
// end little is left to wait for. Does nothing for stores that are not meant to outlast a crash
// (POD_EPHEMERAL=1).
class Flusher {
 public:
  explicit Flusher(const storage::Layout& layout);
  Flusher(const Flusher&) = delete;
  Flusher& operator=(const Flusher&) = delete;
  ~Flusher();

  // Everything written so far is on the disk when this returns. Throws base::SysError.
  void finish();

 private:
  void flush_now_and_then();
  void stop();

  sys::Fd store_;
  std::mutex mutex_;
  std::condition_variable told_;
  bool is_stopped_ = false;
  std::thread thread_;
};

}  // namespace transfer
