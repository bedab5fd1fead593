#include "pkg/transfer/store.hpp"

#include "pkg/containers/sweep.hpp"
#include "pkg/sys/process.hpp"
#include "pkg/userns/enter.hpp"
#include "storage/image_store.hpp"
#include "storage/partial_blob.hpp"
#include "storage/trash.hpp"

#include <chrono>

#include <sys/resource.h>
#include <sys/stat.h>

namespace transfer {
namespace {

// A pull that is taken up again within a day finds what it had brought, layers and parts of them.
constexpr std::chrono::hours kPatience(24);

// Every layer on its way keeps a hundred directories open.
void allow_many_files() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

Store open_store(const home::Home& home) {
  const storage::Layout layout(home);
  layout.prepare();
  containers::sweep(home);
  const userns::Mapping mapping = userns::enter(home);
  sys::forbid_core_files();  // credentials may be in memory
  ::umask(0);
  allow_many_files();
  storage::ImageStore(layout).remove_orphan_layers(kPatience);
  storage::remove_partial_blobs(layout, kPatience);
  storage::recover(home);
  return {.layout = layout, .squash_owners = mapping.is_single()};
}

}  // namespace transfer
