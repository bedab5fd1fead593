#pragma once

#include "pkg/home/home.hpp"
#include "storage/image_store.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace storage {

// A store that somebody else has made, one of ours or a peer's. It is never written to, no lock is
// taken there, and it may be on a file system that nobody can write to.
class OtherStore {
 public:
  explicit OtherStore(std::string path) : path_(std::move(path)) {}
  OtherStore(const OtherStore&) = delete;
  OtherStore& operator=(const OtherStore&) = delete;
  virtual ~OtherStore() = default;

  const std::string& path() const { return path_; }

  // By full id, with its names, and with this store's path.
  virtual std::optional<Image> find(const std::string& id) const = 0;
  virtual std::optional<std::string> find_id(const std::string& name) const = 0;
  virtual std::vector<std::string> ids() const = 0;
  virtual std::vector<std::string> names() const = 0;
  virtual std::string manifest_bytes(const std::string& id) const = 0;
  // Of a layer that is complete: where its files are, and how many bytes they have.
  virtual std::optional<std::string> find_tree(const std::string& layer) const = 0;
  virtual std::int64_t size_of(const std::string& layer) const = 0;
  // Whether containers can have the image's layers below their own as they are: all are there, in
  // the form that our mounts understand, and belong to ids that are the same for us. If not, the
  // image has to be copied.
  virtual bool can_be_mounted(const Image& image) const = 0;

 private:
  std::string path_;
};

// What is at a path; nothing when that is no store.
std::unique_ptr<OtherStore> find_other_store(const std::string& path);

// Those that storage.conf names and that are there.
std::vector<std::unique_ptr<OtherStore>> open_other_stores(const home::Home& home);

}  // namespace storage
