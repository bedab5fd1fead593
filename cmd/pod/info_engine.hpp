#pragma once

#include "pkg/base/json.hpp"

namespace pod {

// Of `pod info`: what runs containers here, and how busy the host is, in the words of the peers.
void add_engine(base::Json& host);

base::Json security_section(bool is_rootless);
base::Json plugins_section();
base::Json version_section();

}  // namespace pod
