#pragma once

#include "pkg/home/home.hpp"
#include "pkg/transfer/layers.hpp"
#include "storage/image_store.hpp"

#include <functional>
#include <string>
#include <vector>

namespace transfer {

struct StoreImport {
  std::string from = "podman";      // the user's own store of podman, or the folder of another
  std::vector<std::string> images;  // names, or beginnings of ids; none: all
};

struct TakenOver {
  std::string id;
  std::vector<std::string> names;
};

struct StoreImportReport {
  std::function<void(const TakenOver& image)> on_image;     // it is here now
  std::function<void(const std::string& text)> on_failure;  // it is not; the others go on
};

// Copies images out of a store of podman, buildah, CRI-O or pod, which is only read, and may be in
// use meanwhile. Throws base::Error when there is no such store.
void import_store(const home::Home& home, const StoreImport& wanted,
                  const StoreImportReport& report);

// The image in our own store: one of an additional store is copied there first. What is made of an
// image, or sent away, comes from our own store.
storage::Image owned(const home::Home& home, const Store& store, const storage::Image& image);

}  // namespace transfer
