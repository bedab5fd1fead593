#pragma once

#include <string>

namespace transfer {

// One end of a copy, as users write it: "CONTAINER:PATH", "PATH", or "-".
struct CopyPlace {
  std::string container;  // "" is this host
  std::string path;

  bool is_stream() const { return container.empty() && path == "-"; }
  // Whether what is in the directory is meant rather than the directory: "PATH/.", ".", "/".
  bool means_contents() const;
  // The last part: "c" of "a/b/c" and of "a/b/c/".
  std::string base_name() const;
};

// What begins with "/" or "." is a path of the host, also with a colon in it. Throws base::Error.
CopyPlace parse_copy_place(const std::string& text);

}  // namespace transfer
