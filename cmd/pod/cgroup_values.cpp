// What users write of block devices and of places for cgroups.
#include "cmd/pod/flag_values.hpp"
#include "pkg/base/size.hpp"
#include "pkg/base/text.hpp"

#include <fmt/core.h>

#include <sys/stat.h>
#include <sys/sysmacros.h>

namespace pod {
namespace {

struct Disk {
  std::int64_t major = 0;
  std::int64_t minor = 0;
  std::string value;
};

Disk parse_disk(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon + 1 == text.size()) {
    throw base::Error(text + ": not of the form DEVICE:VALUE");
  }
  const std::string device = text.substr(0, colon);
  struct stat status {};
  if (::stat(device.c_str(), &status) != 0 || !S_ISBLK(status.st_mode)) {
    throw base::Error(device + ": not a block device of this host");
  }
  return {::major(status.st_rdev), ::minor(status.st_rdev), text.substr(colon + 1)};
}

}  // namespace

std::uint64_t parse_disk_weight(const std::string& text) {
  const auto weight = base::parse_integer(text);
  if (!weight || *weight < 10 || *weight > 1000) {
    throw base::Error(text + ": not a number from 10 to 1000");
  }
  return static_cast<std::uint64_t>(*weight);
}

oci::DeviceWeight parse_device_weight(const std::string& text) {
  const Disk disk = parse_disk(text);
  return {disk.major, disk.minor, parse_disk_weight(disk.value)};
}

oci::DeviceRate parse_device_rate(const std::string& text, const std::string& what) {
  const Disk disk = parse_disk(text);
  const bool is_bytes = what.ends_with("bps");
  const auto rate = is_bytes ? base::parse_size(disk.value) : base::parse_integer(disk.value);
  if (!rate || *rate < 0) throw base::Error(text + ": not a number of operations");
  return {disk.major, disk.minor, what, static_cast<std::uint64_t>(*rate)};
}

void check_cgroup_parent(const std::string& text) {
  for (const std::string& part : base::split(text, '/')) {
    if (part == ".." || part == ".") throw base::Error(text + ": not a plain path");
  }
}

}  // namespace pod
