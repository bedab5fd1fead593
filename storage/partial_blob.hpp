#pragma once

#include "pkg/sys/fd.hpp"
#include "pkg/sys/lock.hpp"
#include "storage/layout.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace storage {

// The beginning of a blob as it came, kept while it is downloaded, so that a download that ends
// early is gone on with by the next pull. For whoever holds the blob's lock
// (LayerStore::lock_blob). Nothing here is to be trusted: after a crash of the machine it may be
// anything.
class PartialBlob {
 public:
  // What is kept of it, locked against those who clear away; of size 0 when that is nothing.
  PartialBlob(Layout layout, const std::string& digest);

  std::int64_t size() const { return size_; }
  // For its bytes, from the first one. Only when there are some.
  sys::Fd open() const;
  // The next bytes. Throws base::SysError; some of them may have been added.
  void append(std::string_view bytes);
  void remove();

 private:
  Layout layout_;
  std::string path_;
  std::int64_t size_ = 0;
  std::optional<sys::Lock> lock_;
  sys::Fd end_;  // to append
};

// When the blob is a layer, nobody needs its beginning any more.
void remove_partial_blob(const Layout& layout, const std::string& digest);

// Paths of those that nobody is adding to just now.
std::vector<std::string> idle_partial_blobs(const Layout& layout);
// To the trash with these, where nothing was added for so long.
void remove_partial_blobs(const Layout& layout, std::chrono::seconds age = {});

}  // namespace storage
