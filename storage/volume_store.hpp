#pragma once

#include "pkg/base/time.hpp"
#include "pkg/sys/lock.hpp"
#include "storage/layout.hpp"

#include <cstdint>
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
  std::string container;  // an anonymous one goes when this container is gone; "": it stays
  bool fresh = false;     // never mounted yet: the image's content is copied in at first use
  std::string data;       // the folder that is mounted
  // Who the folder was given to when it was made; nothing: as the image has it at first use.
  std::optional<std::uint32_t> uid;
  std::optional<std::uint32_t> gid;
};

class VolumeStore {
 public:
  explicit VolumeStore(Layout layout) : layout_(std::move(layout)) {}

  std::optional<Volume> find(const std::string& name) const;
  // The exact name, else the unique beginning of one. Throws base::Error: "no such volume" (status
  // 1), "more than one volume".
  Volume get(const std::string& name) const;
  bool has(const std::string& name) const;  // would `get` find it
  std::vector<Volume> list() const;
  // Throws base::Error when the name is taken or no name at all.
  Volume create(const Volume& wanted) const;
  Volume ensure(const std::string& name) const;  // finds or creates
  // Shared by whoever is about to use it, exclusive for who removes it. Nothing when it is gone.
  std::optional<sys::Lock> hold(const std::string& name, sys::Lock::Mode mode) const;
  void mark_used(const std::string& name) const;
  // It stays when its container goes.
  void release(const std::string& name) const;
  // To the trash, and from there as far as our rights go: `empty_trash` removes the rest.
  void remove(const std::string& name) const;

 private:
  Layout layout_;
};

}  // namespace storage
