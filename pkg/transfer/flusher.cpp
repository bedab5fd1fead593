#include "pkg/transfer/flusher.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/dir.hpp"
#include "storage/durable.hpp"

#include <chrono>
#include <csignal>

#include <unistd.h>

namespace transfer {
namespace {

constexpr std::chrono::milliseconds kInterval(250);

}  // namespace

Flusher::Flusher(const storage::Layout& layout) {
  if (storage::is_ephemeral()) return;
  store_ = sys::open_dir(layout.root());
  // Signals are for the thread that waits for them.
  sigset_t all;
  sigset_t former;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &former);
  thread_ = std::thread([this] { flush_now_and_then(); });
  ::pthread_sigmask(SIG_SETMASK, &former, nullptr);
}

Flusher::~Flusher() {
  stop();
}

void Flusher::finish() {
  stop();
  if (store_ && ::syncfs(store_.get()) < 0) throw base::SysError("write the store to the disk");
}

void Flusher::flush_now_and_then() {
  std::unique_lock lock(mutex_);
  while (!told_.wait_for(lock, kInterval, [this] { return is_stopped_; })) {
    lock.unlock();
    ::syncfs(store_.get());  // what fails now fails again in `finish`
    lock.lock();
  }
}

void Flusher::stop() {
  {
    const std::lock_guard guard(mutex_);
    is_stopped_ = true;
    told_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

}  // namespace transfer
