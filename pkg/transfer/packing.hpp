#pragma once

#include "pkg/registry/client.hpp"
#include "storage/tar/compress.hpp"
#include "storage/tar/source.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>

namespace transfer {

// What is to be packed, and who is told of it.
struct Freight {
  std::function<std::unique_ptr<tar::Source>()> open;  // called on the packing's own thread
  tar::Squeeze squeeze;
  std::function<void()> wake;                 // there are bytes again
  std::atomic<std::int64_t>* read = nullptr;  // how far the source has been read; may be null
};

// Starts to read, compress and hash on a thread of its own, a little ahead of who takes the bytes.
std::unique_ptr<registry::Outgoing> pack(Freight freight);

}  // namespace transfer
