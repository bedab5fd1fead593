#pragma once

#include "pkg/home/home.hpp"
#include "pkg/transfer/file_sink.hpp"
#include "pkg/transfer/layers.hpp"
#include "storage/image_store.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace transfer {

enum class Layout { DockerArchive, OciArchive, DockerFolder, OciFolder };
// "docker-archive", "oci-archive", "docker-dir", "oci-dir". Throws base::Error for other words.
Layout parse_layout(const std::string& word);

struct SaveOptions {
  std::vector<std::string> images;  // names or ids
  std::string path;                 // file or folder; "" is standard output, for archives
  Layout layout = Layout::DockerArchive;
  // Further names are further images; without it those that are no image here are names that the
  // first one has in the archive.
  bool several = false;
  // Of OCI's layouts; none: compressed in those, and as it is in a docker folder.
  std::optional<bool> compress;
  std::optional<std::vector<std::string>> names;  // in place of the image's own
};

// Writes images with the very bytes of their configurations and layers: what loads them has the
// same ids.
void save(const home::Home& home, const SaveOptions& options);

// One image on its way out.
struct SavedOut {
  storage::Image image;
  std::vector<std::string> names;  // that the archive says
};

// What the layouts have in common.
struct Saving {
  const Store& store;
  FileSink& sink;
  bool compress = false;
};
void write_docker_archive(const Saving& saving, const std::vector<SavedOut>& images);
void write_docker_folder(const Saving& saving, const SavedOut& image);
void write_oci(const Saving& saving, const std::vector<SavedOut>& images);

}  // namespace transfer
