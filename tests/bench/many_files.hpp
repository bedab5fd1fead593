#pragma once

#include "tests/bench/place.hpp"
#include "tests/support/registry_docker.hpp"
#include "tests/support/registry_image.hpp"

#include <memory>
#include <string>
#include <vector>

namespace bench {

// An image whose weight is in the number of its files, the same one every time.
struct ManyFiles {
  int layers = 2;
  int files = 12'500;    // in each layer
  int largest = 50'000;  // bytes; the smallest has 1000
};

inline constexpr ManyFiles kLarge{};                                                // 650 MB
inline constexpr ManyFiles kHuge{.layers = 3, .files = 31'700, .largest = 35'000};  // 1.75 GB

// Its layers, uncompressed.
std::vector<std::string> make_layers(const ManyFiles& image);

// Debian's docker-registry in the place, trusted by pod and podman.
class TrustedRegistry {
 public:
  explicit TrustedRegistry(const Place& place);

  std::string host() const { return registry_->host(); }
  std::string authority() const { return authority_->authority(); }  // the file
  // Returns the name to pull.
  std::string push(const std::string& repository, const support::RegistryImage& image);

 private:
  std::unique_ptr<support::Authority> authority_;
  std::unique_ptr<support::DockerRegistry> registry_;
};

}  // namespace bench
