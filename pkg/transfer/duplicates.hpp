#pragma once

#include "storage/layer_store.hpp"

#include <cstddef>
#include <string>
#include <vector>

#include <sys/stat.h>

namespace transfer {

// A regular file of the layers.
struct LayerFile {
  std::string path;                 // one of its names
  struct stat status {};            // while it was looked for
  std::vector<std::size_t> layers;  // for each of its names the layer that has it

  // All its names are known, and no layer has two of them.
  bool is_single_in_layers() const;
};

// All that are not empty; each once, whatever the number of its names. `roots` are the layers'
// trees.
std::vector<LayerFile> find_files(const std::vector<std::string>& roots);

enum class Alike { Contents, All };  // All: mode, owner, group, time and attributes, too

// Those of which there are several, side by side. Only files that agree in what costs nothing to
// know are read.
std::vector<std::vector<LayerFile>> group_alike(std::vector<LayerFile> files, Alike alike);

// What is to rest on what.
struct Sharing {
  std::string kept;
  std::string spare;
  std::int64_t size = 0;
  std::int64_t bytes = 0;  // of the disk, of the spare one
};

// Which files become hard links to which, so that no chain of layers has two names of one file.
std::vector<Sharing> plan_links(const std::vector<std::vector<LayerFile>>& groups,
                                const std::vector<storage::Layer>& layers);

}  // namespace transfer
