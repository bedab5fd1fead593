#pragma once

#include "pkg/home/home.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace storage {

// All names of files and folders of the store; nothing else knows them.
//
//   layers/<chain id>/{root/,layer.json}      committed by rename, then never changed;
//                                             `system dedup` may store files once
//                    /{outline.zst,kept/}     what of its archive is not in root/: storage/tar
//                    /blobs.json              what it became when it was pushed
//                    /shifted/<key>/root/     again, for containers with ids of their own:
//                    shifted.hpp
//   images/<image id>/{image.json,config.json,manifest.json}
//                    /manifests/<hex>.json    others that it has been pulled by, by digest
//   lists/<list id>                           a list of images for several platforms
//   refs/<escaped name>                       symbolic link to ../images/<id> or ../lists/<id>
//   artifacts/<escaped name>/{manifest.json,blobs/<hex>}
//   rootfs/<container id>/{upper/,work/,...}  a container's writable layer
//   secrets/<name>/{secret.json,value}
//   volumes/<name>/{data/,volume.json,lock}
//   staging/<random>/                         being made; the maker holds flock(2) on the folder
//                   /folder-times             what `recover` gives back first: folder_times.hpp
//   partial/<escaped digest>                  the beginning of a blob whose download ended early;
//                                             who adds to it holds flock(2) on it
//   locks/<name>                              flock(2)
//   ../trash/<random>/                        renamed here first, then removed
class Layout {
 public:
  explicit Layout(const home::Home& home);
  // Of a store that is only read; nothing when there is none at `root`. Throws base::Error for one
  // of a newer format.
  static std::optional<Layout> find(const std::string& root);

  // Makes the folders that are missing; refuses a store of a newer format.
  void prepare() const;

  const std::string& root() const { return root_; }
  std::string layers() const { return root_ + "/layers"; }
  std::string layer(std::string_view chain_id) const;
  std::string shifted(std::string_view chain_id) const { return layer(chain_id) + "/shifted"; }
  std::string images() const { return root_ + "/images"; }
  std::string image(std::string_view id) const;
  std::string refs() const { return root_ + "/refs"; }
  std::string ref(std::string_view name) const;  // escapes '/' and ':'
  static std::string unescape_ref(std::string_view file_name);
  std::string lists() const { return root_ + "/lists"; }
  std::string list(std::string_view id) const;
  std::string artifacts() const { return root_ + "/artifacts"; }
  std::string artifact(std::string_view name) const;
  std::string rootfs() const { return root_ + "/rootfs"; }
  std::string rootfs(std::string_view container_id) const;
  std::string secrets() const { return root_ + "/secrets"; }
  std::string secret(std::string_view name) const;
  std::string volumes() const { return root_ + "/volumes"; }
  std::string volume(std::string_view name) const;
  std::string partial_blobs() const { return root_ + "/partial"; }
  std::string partial_blob(std::string_view digest) const;
  std::string staging() const { return root_ + "/staging"; }
  const std::string& trash() const { return trash_; }  // one for the store, containers and pods
  std::string lock(std::string_view name) const;

 private:
  explicit Layout(std::string root) : root_(std::move(root)) {}

  std::string root_;
  std::string trash_;
};

}  // namespace storage
