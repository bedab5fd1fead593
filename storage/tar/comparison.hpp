#pragma once

#include <string>
#include <vector>

namespace tar {

// What of a layer's tree is not as its archive said, a line each: files that are missing, that were
// added, or whose kind, size, mode, owner, time, link or attributes are others. The bodies of files
// are not read; whether they are the same is for the archive's checksum to tell (LayerArchive).
// `folder` is the layer's, `root` the tree in it. With `is_squashed` owners do not count. From
// inside the user's namespace. Throws base::Error when there is no outline, or none that can be
// read.
std::vector<std::string> compare_tree(const std::string& folder, const std::string& root,
                                      bool is_squashed);

}  // namespace tar
