#pragma once

#include "pkg/oci/spec.hpp"
#include "pkg/sys/fd.hpp"

#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace runtime {

// Whom a process runs as, in numbers.
struct Identity {
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups;
  bool keeps_groups = false;  // "keep-groups": whatever the user on the host has
  bool needs_groups = false;  // some were asked for beyond those that the image gives
  std::string home = "/";
};

// What "user[:group]" and group names mean by the files /etc/passwd and /etc/group of a root file
// system, as docker resolves them: a number needs no entry; the groups that list the user count
// only where no group was given. Throws base::Error naming what is unknown.
Identity resolve_user(const sys::Fd& root, const oci::User& user);

// The same, but just the numbers when the process is literal.
Identity identity_of(const sys::Fd& root, const oci::Process& process);

}  // namespace runtime
