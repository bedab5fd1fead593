#pragma once

#include "pkg/sys/fd.hpp"
#include "pkg/userns/ids.hpp"
#include "storage/tar/source.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tar {

struct TreeOptions {
  // The tree is the upper one of an overlay: its whiteouts and opaque directories become names that
  // begin with ".wh.", as image-spec, layer.md, has them.
  bool is_upper = false;
  // Empty files at these paths ("etc/hosts") are only what something was mounted on.
  std::vector<std::string> mount_points;
  // Of what is in the root itself nothing but these names; none: everything.
  std::vector<std::string> only;
  // Of the container whose tree it is: owners in the archive are as it sees them.
  userns::Ids ids;
};

// Packs a directory tree while it is read: pax, sorted by name, with owners, times to the
// nanosecond, the attributes that images may have, and hard links. Holes are written as zeros, but
// not read from the disk. Sockets and devices are left away, as is the root itself. Memory does not
// grow with the tree, but for its hard links.
//
// The tree may change meanwhile (a running container): what vanishes is not there, and a file has
// the size it had when it was begun.
class TreeArchive : public Source {
 public:
  // `root` is open for reading. Throws base::SysError for what cannot be read.
  TreeArchive(sys::Fd root, TreeOptions options);
  TreeArchive(const TreeArchive&) = delete;
  TreeArchive& operator=(const TreeArchive&) = delete;
  ~TreeArchive() override;

  std::string_view read() override;

 private:
  struct Walk;
  std::unique_ptr<Walk> walk_;
};

}  // namespace tar
