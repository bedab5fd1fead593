#pragma once

#include <cstdint>

namespace sys {

// `count`, of descriptors that whoever started us has left open from 3 on (--preserve-fds). To be
// asked before we open anything ourselves. Throws base::Error when one of them is not open.
unsigned inherited_files(std::int64_t count);

}  // namespace sys
