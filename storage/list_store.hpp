#pragma once

#include "pkg/base/json.hpp"
#include "storage/layout.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace storage {

// A manifest list (OCI: image index) in the making: images for several platforms under one name.
struct List {
  struct Entry {
    base::Json descriptor;   // as an index has it: mediaType, digest, size, platform, annotations
    std::string image;       // id of an image here; its digest is not known before it is pushed
    std::string repository;  // else where to have it from: "quay.io/team/app"

    std::string digest() const;
  };

  std::string id;    // 64 random hex digits
  std::string name;  // "localhost/app:1"
  std::map<std::string, std::string> annotations;
  std::vector<Entry> entries;
};

class ListStore {
 public:
  explicit ListStore(Layout layout) : layout_(std::move(layout)) {}

  // By complete name. Throws base::Error for a damaged one.
  std::optional<List> find(const std::string& name) const;
  std::vector<List> list() const;
  // Makes it known, or replaces what has its name.
  void save(const List& list) const;
  bool remove(const std::string& name) const;  // false when there was none

 private:
  Layout layout_;
};

}  // namespace storage
