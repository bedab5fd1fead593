#pragma once

#include "network/network.hpp"
#include "pkg/base/time.hpp"
#include "pkg/containers/container.hpp"
#include "pkg/home/home.hpp"

#include <string>
#include <vector>

// What the lists of containers, images and pods have in common.
namespace pod {

// "3 minutes ago".
std::string ago(base::Time time);
std::int64_t unix_seconds(base::Time time);  // of never: Go's zero time
base::Time whole_seconds(base::Time time);

// The ports of a container, which are its pod's when it is in one.
std::vector<network::PortMapping> ports_of(const home::Home& home,
                                           const containers::Container& container);
// "0.0.0.0:8080->80/tcp, ..."
std::string ports_text(const std::vector<network::PortMapping>& ports);

// "Up 3 minutes", "Exited (1) 2 hours ago", "Created".
std::string status_text(const containers::State& state);

// "1.98MB".
std::string tight_size(std::int64_t bytes);

std::string short_unless(bool whole, const std::string& id);

}  // namespace pod
