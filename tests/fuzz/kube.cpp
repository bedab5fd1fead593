#include "pkg/base/error.hpp"
#include "pkg/kube/load.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(bytes, bytes + size);
  try {
    for (const kube::Pod& pod : kube::load_text(text, "pod.yaml", ".").pods)
      if (pod.name.empty() || pod.containers.empty()) std::abort();  // it has been checked
  } catch (const base::Error& error) {
    // Whatever is wrong, the place is said.
    if (!std::string_view(error.what()).starts_with("pod.yaml:")) std::abort();
  }
  return 0;
}
