#pragma once

#include "pkg/base/json.hpp"
#include "pkg/base/time.hpp"
#include "storage/layout.hpp"

#include <cstdint>
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

  std::string id;  // 64 random hex digits
  base::Time created = 0;
  std::string digest;     // of the index as it would be pushed
  std::int64_t size = 0;  // of the same, in bytes
  std::map<std::string, std::string> annotations;
  std::vector<Entry> entries;
  std::vector<std::string> names;  // "localhost/app:1"; read from refs/, not stored
};

class ListStore {
 public:
  explicit ListStore(Layout layout) : layout_(std::move(layout)) {}

  // By full id. Throws base::Error for a damaged one.
  std::optional<List> find(const std::string& id, bool with_names = false) const;
  std::vector<std::string> ids() const;
  std::vector<List> list() const;  // with names
  // Makes it known, or replaces what has its id. Names stay as they are.
  void save(const List& list) const;
  void tag(const std::string& id, const std::string& name) const;  // moves the name here
  // With all its names, into the trash: `empty_trash` is next. False when there was none.
  bool remove(const std::string& id) const;

 private:
  Layout layout_;
};

}  // namespace storage
