#include "storage/driver.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/json.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/userns/enter.hpp"
#include "storage/fuse_overlayfs.hpp"
#include "storage/staging.hpp"

#include <fmt/core.h>

#include <cstdlib>
#include <string_view>

#include <sys/utsname.h>

namespace storage {
namespace {

std::optional<Driver> parse_driver(std::string_view name) {
  if (name == "overlay" || name == "overlay2") return Driver::Overlay;
  if (name == "fuse-overlayfs") return Driver::FuseOverlayfs;
  if (name == "flat" || name == "vfs") return Driver::Flat;
  return std::nullopt;
}

// Nothing unless the user insists on one.
std::optional<Driver> insisted_on() {
  for (const char* variable : {"POD_STORAGE_DRIVER", "STORAGE_DRIVER"}) {
    const char* name = std::getenv(variable);
    if (name == nullptr || name[0] == '\0') continue;
    if (const auto driver = parse_driver(name)) return driver;
    throw base::Error(
        fmt::format("{}={}: not one of overlay, fuse-overlayfs, flat", variable, name));
  }
  return std::nullopt;
}

std::string kernel_release() {
  utsname names{};
  ::uname(&names);
  return &names.release[0];
}

std::string kept_file(const home::Home& home, std::optional<Driver> insisted) {
  return home.runtime + "/storage-driver" + (insisted ? "-" + driver_name(*insisted) : "");
}

void keep(const home::Home& home, std::optional<Driver> insisted, const Probe& probe) {
  base::Json json = base::Json::object();
  json["kernel"] = kernel_release();
  json["store"] = home.storage();
  json["driver"] = driver_name(probe.choice.driver);
  json["reason"] = probe.choice.reason;
  json["call"] = static_cast<int>(probe.call);
  json["lends"] = probe.can_lend;
  sys::replace_file(kept_file(home, insisted), json.dump() + "\n", 0600);
}

// Runs one probe in a folder of its own; says why it failed, "" when it did not.
template <typename Try>
std::string why_not(const home::Home& home, Try attempt) {
  const Staged folder{Layout(home)};
  try {
    attempt(folder.path());
    return "";
  } catch (const base::Error& error) {
    return error.what();
  }
}

std::string why_not_overlay(const home::Home& home, Probe& probe) {
  return why_not(home, [&](const std::string& folder) {
    probe.call = probe_overlay(folder, mountpoint(home));
    probe.can_lend = can_lend_contents(folder, probe.call);
  });
}

std::string why_not_fuse(const home::Home& home) {
  return why_not(
      home, [&](const std::string& folder) { probe_fuse_overlayfs(folder, mountpoint(home)); });
}

Probe insist(const home::Home& home, Driver driver) {
  Probe probe;
  probe.choice = {driver, "asked for"};
  std::string refusal;
  if (driver == Driver::Overlay) refusal = why_not_overlay(home, probe);
  if (driver == Driver::FuseOverlayfs) refusal = why_not_fuse(home);
  if (refusal.empty()) return probe;
  throw base::Error(fmt::format("storage driver {}: {}", driver_name(driver), refusal));
}

Probe best(const home::Home& home) {
  Probe probe;
  const std::string overlay = why_not_overlay(home, probe);
  if (overlay.empty()) return probe;
  const std::string fuse = why_not_fuse(home);
  if (fuse.empty()) {
    probe.choice = {Driver::FuseOverlayfs, "overlay: " + overlay};
  } else {
    probe.choice = {Driver::Flat, fmt::format("overlay: {}; fuse-overlayfs: {}", overlay, fuse)};
  }
  return probe;
}

}  // namespace

std::string driver_name(Driver driver) {
  if (driver == Driver::Overlay) return "overlay";
  return driver == Driver::FuseOverlayfs ? "fuse-overlayfs" : "flat";
}

std::string mountpoint(const home::Home& home) {
  return home.runtime + "/mountpoint";
}

std::optional<Probe> find_probe(const home::Home& home) {
  const auto text = sys::find_file(kept_file(home, insisted_on()));
  if (!text) return std::nullopt;
  const base::Json json = base::Json::parse(*text);
  if (json.string_or("kernel", "") != kernel_release()) return std::nullopt;
  if (json.string_or("store", "") != home.storage()) return std::nullopt;
  const auto driver = parse_driver(json.string_or("driver", ""));
  const base::Json* lends = json.find("lends");
  if (!driver || lends == nullptr) return std::nullopt;
  return Probe{{*driver, json.string_or("reason", "")},
               static_cast<OverlayCall>(json.integer_or("call", 0)),
               lends->as_bool()};
}

Probe probe_drivers(const home::Home& home) {
  const auto insisted = insisted_on();
  Probe probe = insisted ? insist(home, *insisted) : best(home);
  keep(home, insisted, probe);
  return probe;
}

DriverChoice choose_driver(const home::Home& home) {
  if (const auto kept = find_probe(home)) return kept->choice;
  userns::inside(home, [&] { probe_drivers(home); });
  const auto probe = find_probe(home);
  if (!probe) throw base::Error("storage driver: the probe's answer was not kept");
  return probe->choice;
}

}  // namespace storage
