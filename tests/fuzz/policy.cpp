#include "pkg/registry/policy.hpp"

#include "pkg/base/error.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

constexpr const char* kNames[] = {"alpine", "a.example.com:5000/team/app:1", "localhost/x"};

void judge(const registry::Requirement& requirement, const oci::Reference& name) try {
  requirement.identity.fits(name, "a.example.com:5000/team/app:1");
} catch (const base::Error&) {
  return;  // what comes of a remapping is no name
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  try {
    const auto policy = registry::Policy::parse(std::string(bytes, bytes + size), "policy.json");
    for (const char* name : kNames) {
      const auto reference = oci::Reference::parse(name);
      const auto& requirements = policy.for_image(reference);
      if (requirements.empty()) std::abort();  // that would let everything in
      for (const registry::Requirement& each : requirements)
        judge(each, reference);
    }
    if (policy.for_transport("dir").empty()) std::abort();
  } catch (const base::Error& error) {
    if (!std::string_view(error.what()).starts_with("policy.json: ")) std::abort();
  }
  return 0;
}
