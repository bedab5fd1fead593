#pragma once

#include "storage/tar/place.hpp"
#include "storage/tar/reader.hpp"

#include <map>
#include <memory>
#include <string>

namespace tar {

// A file, directory, link ... as an archive says that it is to be.
struct Node {
  enum class Kind { File, Directory, Symlink, Fifo, Whiteout };
  Kind kind = Kind::File;
  bool is_implied = false;  // a directory that the archive leaves out, though members are in it
  bool is_opaque = false;
  Entry entry;
};

// The tree that unpacking an archive makes, without making it. What several names lead to is one
// node.
class ExpectedTree {
 public:
  using Nodes = std::map<std::string, std::shared_ptr<Node>>;

  ExpectedTree();
  void add(const Place& place, const Entry& entry);

  const Nodes& nodes() const { return nodes_; }
  // Members were reached through a symbolic link in their path, so their names are not known.
  bool is_exact() const { return is_exact_; }

 private:
  std::shared_ptr<Node> find(const std::string& path) const;
  void imply(const std::string& parent);
  void replace(const std::string& path, std::shared_ptr<Node> node);
  void add_directory(const std::string& path, const Entry& entry);
  void add_whiteout(const std::string& parent, const std::string& hidden);

  Nodes nodes_;
  bool is_exact_ = true;
};

}  // namespace tar
