#pragma once

#include "pkg/oci/digest.hpp"
#include "storage/tar/apply.hpp"
#include "storage/tar/source.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace transfer {

// What came out of a blob that was unpacked.
struct Unpacked {
  std::string blob;  // digests of what was read, and of the same inflated
  std::string diff_id;
  std::int64_t blob_size = 0;
  tar::Applied applied;
};

struct Target {
  std::string root;            // an empty directory
  std::string folder = {};     // of the layer, for its outline; "" for none
  bool squash_owners = false;  // only a single id is mapped
  // "": nobody asks for the blob's digest, which then is told only where it is the diff id, too.
  std::string blob_algorithm = "sha256";
  std::string diff_algorithm = "sha256";
};

// A blob on its way into a directory, by three threads: one hashes and inflates, one hashes what
// came out, one reads the archive and writes files. Nothing is kept of the blob itself.
class Unpacking {
 public:
  // `on_failure` is called once, from a thread, when it has failed before its end.
  Unpacking(std::unique_ptr<tar::Source> blob, Target target,
            std::function<void()> on_failure = {});
  Unpacking(const Unpacking&) = delete;
  Unpacking& operator=(const Unpacking&) = delete;
  // Waits for its threads. The blob's source has to end soon: by itself, or by being told.
  ~Unpacking();

  bool has_failed() const;
  // Waits for the end, as the destructor does; throws what went wrong first.
  Unpacked finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace transfer
