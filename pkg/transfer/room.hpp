#pragma once

#include "pkg/base/error.hpp"
#include "pkg/transfer/layers.hpp"

#include <cstdint>

namespace transfer {

// What is known not to fit is not begun: throws base::Error when fewer bytes are free on the disk
// of the store.
void expect_room(const Store& store, std::int64_t bytes);

// Bytes of the disk of the store that are ours to use.
std::int64_t free_space(const storage::Layout& layout);

// When it is a full disk that `error` tells of: throws the same with how much is free and what
// helps.
void explain_full_disk(const Store& store, const base::SysError& error);
bool is_full_disk(const base::Error& error);

}  // namespace transfer
