#include "pkg/registry/challenge.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string field(bytes, bytes + size);
  std::size_t found = 0;
  for (const registry::Challenge& challenge : registry::parse_challenges(field)) {
    if (challenge.scheme.empty()) std::abort();
    found += challenge.scheme.size();
    for (const auto& [name, value] : challenge.parameters)
      found += name.size() + value.size();
  }
  if (found > size) std::abort();  // nothing is made up
  return 0;
}
