#pragma once

#include "pkg/home/home.hpp"
#include "pkg/sys/fd.hpp"

#include <string>

namespace transfer {

bool is_url(const std::string& text);  // http:// or https://

// What is there, in a file of the store without a name, to be read from its start. Throws
// base::Error.
sys::Fd fetch_url(const home::Home& home, const std::string& url);

}  // namespace transfer
