#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/registry/endpoints.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

constexpr const char* kNames[] = {"alpine", "a.example.com:5000/team/app:1", "localhost/x"};

void look_up(const registry::Configuration& configuration, const char* name) try {
  const auto reference = oci::Reference::parse(name);
  const auto endpoints = registry::endpoints_of(configuration, reference, {.creds = "me:secret"});
  if (endpoints.empty()) std::abort();
  for (const registry::Endpoint& one : endpoints) {
    const bool is_elsewhere = one.reference.registry() != reference.registry();
    if (is_elsewhere && !one.access.creds.empty()) std::abort();
  }
} catch (const base::Error&) {
  return;  // blocked, or the name that comes out is none
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  base::log::set_level(base::log::Level::Error);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  registry::Configuration configuration;
  try {
    configuration.add(std::string(bytes, bytes + size), "registries.conf");
  } catch (const base::Error& error) {
    // Whatever is wrong, the place is said.
    if (!std::string_view(error.what()).starts_with("registries.conf:")) std::abort();
    return 0;
  }
  for (const char* name : kNames)
    look_up(configuration, name);
  return 0;
}
