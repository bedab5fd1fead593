#pragma once

#include "pkg/containers/container.hpp"
#include "pkg/home/home.hpp"
#include "pkg/oci/spec.hpp"

#include <string>
#include <vector>

// A container that is a service's (--sdnotify), and one whose first process is an init such as
// systemd (--systemd).
namespace containers {

// Throws base::Error for a word that --sdnotify or --systemd does not have, or that cannot be.
void check_service(const Options& options);

// Settles whether the container's command is an init, and then how that is asked to stop. Its
// command is known.
void settle_init(Container& container);

// What an init needs to write to, unless something is mounted there already.
void add_init_mounts(const Options& options, std::vector<oci::Mount>& mounts);
bool is_init(const Options& options);

// NOTIFY_SOCKET of the service that the container is; "" when it is none.
std::string service_of(const Options& options);
// Shows the container the socket that its monitor listens at, if it is to speak for itself.
void add_service(const home::Home& home, const Container& container, oci::Spec& spec);

}  // namespace containers
