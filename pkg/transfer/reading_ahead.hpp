#pragma once

#include "pkg/transfer/ring.hpp"
#include "storage/tar/source.hpp"

#include <memory>
#include <thread>

namespace transfer {

// A source that is read on a thread of its own, a little ahead of who takes the bytes: one reads
// files and hashes while the other writes.
class ReadingAhead : public tar::Source {
 public:
  explicit ReadingAhead(std::unique_ptr<tar::Source> source);
  ReadingAhead(const ReadingAhead&) = delete;
  ReadingAhead& operator=(const ReadingAhead&) = delete;
  ~ReadingAhead() override;

  std::string_view read() override;

 private:
  void fill();

  std::unique_ptr<tar::Source> source_;
  Ring ring_;
  std::thread thread_;
};

}  // namespace transfer
