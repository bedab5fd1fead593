#include "pkg/oci/reference.hpp"

#include "pkg/base/error.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(bytes, bytes + size);
  try {
    const oci::Reference reference = oci::Reference::parse(text);
    // What is complete stays as it is, and can be part of an address or of a path.
    if (oci::Reference::parse(reference.text()).text() != reference.text()) std::abort();
    if (reference.repository().find("..") != std::string::npos) std::abort();
    if (reference.text().find_first_of(" \t\r\n?#%\\\"'") != std::string::npos) std::abort();
  } catch (const base::Error&) {
    return 0;
  }
  return 0;
}
