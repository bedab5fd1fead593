#pragma once

#include <string>

namespace storage {

// The store is not meant to outlast a crash of the machine (POD_EPHEMERAL=1): nothing waits for the
// disk.
bool is_ephemeral();

// What this file holds, or which names this folder has, is on the disk when this returns, unless
// the store is ephemeral. A rename that is on the disk does not mean that the files in the renamed
// folder are, so they come first. Throws base::SysError.
void make_durable(const std::string& path);

}  // namespace storage
