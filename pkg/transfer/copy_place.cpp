#include "pkg/transfer/copy_place.hpp"

#include "pkg/base/error.hpp"

namespace transfer {
namespace {

std::string without_slashes(std::string path) {
  while (path.size() > 1 && path.ends_with('/'))
    path.pop_back();
  return path;
}

}  // namespace

bool CopyPlace::means_contents() const {
  const std::string plain = without_slashes(path);
  return plain == "." || plain == "/" || plain.ends_with("/.");
}

std::string CopyPlace::base_name() const {
  const std::string plain = without_slashes(path);
  return plain.substr(plain.rfind('/') + 1);
}

CopyPlace parse_copy_place(const std::string& text) {
  if (text.empty()) throw base::Error("a path is empty");
  const std::size_t colon = text.find(':');
  const std::size_t slash = text.find('/');
  if (text.front() == '/' || text.front() == '.' || colon == std::string::npos || slash < colon) {
    return {"", text};
  }
  if (colon == 0) throw base::Error(text + ": the container's name is missing");
  if (colon + 1 == text.size()) throw base::Error(text + ": the path in the container is missing");
  return {text.substr(0, colon), text.substr(colon + 1)};
}

}  // namespace transfer
