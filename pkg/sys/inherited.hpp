#pragma once

#include <cstdint>

namespace sys {

// `count`, of descriptors that whoever started us has left open from 3 on (--preserve-fds). To be
// asked before we open anything ourselves. Throws base::Error when one of them is not open.
unsigned inherited_files(std::int64_t count);

// Those stay with us when we start programs of our own.
void close_at_exec(unsigned count);

// While it lives, a process that is started has them; afterwards nobody here does.
class PassedFiles {
 public:
  explicit PassedFiles(unsigned count);
  PassedFiles(const PassedFiles&) = delete;
  PassedFiles& operator=(const PassedFiles&) = delete;
  ~PassedFiles();

  unsigned count() const { return count_; }

 private:
  unsigned count_;
};

}  // namespace sys
