#pragma once

#include <string>

namespace support {

// The root file system that tests run: /bin/probe (tests/support/probe.cpp), users root and user
// (1000), and busybox with its usual links where busybox-static is installed.
std::string make_image_tar();

// busybox-static's program, "" when it is not installed.
std::string busybox();

}  // namespace support
