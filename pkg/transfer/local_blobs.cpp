#include "pkg/transfer/local_blobs.hpp"

#include "pkg/base/error.hpp"

namespace transfer {
namespace {

// More threads than that only wait for the disk.
constexpr std::size_t kMostAtOnce = 4;

}  // namespace

std::vector<Unpacked> LocalBlobs::unpack(std::span<const Job> jobs) {
  std::vector<Unpacked> results;
  std::vector<std::unique_ptr<Unpacking>> running;
  const auto finish_next = [&] {
    const std::size_t next = results.size();
    results.push_back(finish(*running[next], jobs[next]));
    running[next].reset();
  };
  for (const Job& job : jobs) {
    if (running.size() - results.size() == kMostAtOnce) finish_next();
    running.push_back(std::make_unique<Unpacking>(open(*job.layer), job.target));
  }
  while (results.size() < running.size())
    finish_next();
  return results;
}

Unpacked LocalBlobs::finish(Unpacking& unpacking, const Job& job) try {
  Unpacked unpacked = unpacking.finish();
  after(job);
  return unpacked;
} catch (base::Error& error) {
  error.during("layer " + name_of(*job.layer));
  throw;
}

}  // namespace transfer
