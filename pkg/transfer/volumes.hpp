#pragma once

#include "pkg/home/home.hpp"

#include <string>

namespace transfer {

// Writes what is in a volume as an archive to a file, or to standard output for "".
void export_volume(const home::Home& home, const std::string& volume, const std::string& path);

// Puts what an archive has (a file; "-" is standard input) into a volume, beside and over what is
// there. It may be compressed. Throws base::Error with status 125.
void import_volume(const home::Home& home, const std::string& volume, const std::string& archive);

}  // namespace transfer
