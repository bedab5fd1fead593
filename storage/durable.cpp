#include "storage/durable.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/file.hpp"

#include <cstdlib>

#include <fcntl.h>
#include <unistd.h>

namespace storage {

bool is_ephemeral() {
  const char* text = std::getenv("POD_EPHEMERAL");
  return text != nullptr && *text != '\0' && *text != '0';
}

void make_durable(const std::string& path) {
  if (is_ephemeral()) return;
  const sys::Fd file = sys::open_file(path, O_RDONLY);
  if (::fsync(file.get()) < 0) throw base::SysError("write to the disk: " + path);
}

}  // namespace storage
