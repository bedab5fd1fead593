#pragma once

#include "pkg/transfer/push.hpp"
#include "storage/list_store.hpp"

namespace transfer {

// Brings a list to a registry: its images by their digests (those must be there when they are not
// asked for), then the list itself, in which images that are here get the digests that they have
// there. Returns what is there now.
struct ListPush {
  const home::Home& home;
  const Store& store;
  oci::Reference destination;
  PushOptions options;
  bool all = true;  // the images, too
};
oci::Descriptor push_list(const ListPush& push, const storage::List& list, Report& report);

}  // namespace transfer
