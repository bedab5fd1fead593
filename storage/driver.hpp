#pragma once

#include "pkg/home/home.hpp"
#include "storage/overlay.hpp"
#include "storage/rootfs.hpp"

#include <optional>
#include <string>

namespace storage {

// What probing found out: the driver, and how this kernel wants to be asked.
struct Probe {
  DriverChoice choice;
  OverlayCall call = OverlayCall::Descriptors;
  bool can_lend = false;  // contents of one tree to the files of another: see shifted.hpp

  friend bool operator==(const Probe&, const Probe&) = default;
};

// The answer kept in home.runtime; nothing when there is none for this kernel, store and wish.
std::optional<Probe> find_probe(const home::Home& home);

// Probes and keeps the answer. From inside the user namespace with a mount namespace of our own.
Probe probe_drivers(const home::Home& home);

// A folder to mount at for a moment, in our own mount namespace.
std::string mountpoint(const home::Home& home);

}  // namespace storage
