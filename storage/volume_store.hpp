#pragma once

#include "pkg/base/time.hpp"
#include "storage/layout.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace storage {

struct Volume {
  std::string name;
  base::Time created = 0;
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> options;
  bool anonymous = false;
  bool fresh = false;  // never mounted yet: the image's content is copied in at first use
  std::string data;    // the folder that is mounted
};

class VolumeStore {
 public:
  explicit VolumeStore(Layout layout) : layout_(std::move(layout)) {}

  std::optional<Volume> find(const std::string& name) const;
  std::vector<Volume> list() const;
  // Throws base::Error when the name is taken or no name at all.
  Volume create(const Volume& wanted) const;
  Volume ensure(const std::string& name) const;  // finds or creates
  void mark_used(const std::string& name) const;
  // To the trash, and from there as far as our rights go: `empty_trash` removes the rest.
  void remove(const std::string& name) const;

 private:
  Layout layout_;
};

}  // namespace storage
