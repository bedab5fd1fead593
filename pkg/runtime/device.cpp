#include "pkg/runtime/device.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"

#include <fmt/core.h>

#include <cerrno>

#include <sys/stat.h>
#include <sys/sysmacros.h>

namespace runtime {
namespace {

constexpr mode_t kUsualMode = 0666;

mode_t kind_of(const oci::Device& device) {
  if (device.type == "c" || device.type == "u") return S_IFCHR;
  if (device.type == "b") return S_IFBLK;
  if (device.type == "p") return S_IFIFO;
  throw base::Error("device " + device.path + ": type \"" + device.type + "\": unknown");
}

dev_t number_of(const oci::Device& device) {
  return ::makedev(static_cast<unsigned>(device.major), static_cast<unsigned>(device.minor));
}

}  // namespace

bool make_node(const Tree& tree, const std::string& target, const oci::Device& device) {
  const mode_t kind = kind_of(device);
  try {
    tree.make_node(target, kind | (device.mode.value_or(kUsualMode) & 07777U), number_of(device),
                   {device.uid.value_or(0), device.gid.value_or(0)});
    return true;
  } catch (const base::SysError& error) {
    if (error.number() == EPERM && kind != S_IFIFO) return false;
    throw;
  }
}

void check_node(const oci::Device& device) {
  struct stat status {};
  if (::stat(device.source.c_str(), &status) != 0) {
    throw base::Error(fmt::format(
        "device {}: without root's rights it has to be the host's own, and that is missing",
        device.path));
  }
  if ((status.st_mode & S_IFMT) != kind_of(device) || status.st_rdev != number_of(device)) {
    throw base::Error(fmt::format("device {}: the host's is {}:{}, not {}:{}", device.path,
                                  ::major(status.st_rdev), ::minor(status.st_rdev), device.major,
                                  device.minor));
  }
  if (device.mode && (status.st_mode & 0777U) != (*device.mode & 0777U)) {
    base::log::debug("device {}: keeps the host's mode {:o}", device.path, status.st_mode & 0777U);
  }
}

}  // namespace runtime
