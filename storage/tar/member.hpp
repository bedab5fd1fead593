#pragma once

#include "storage/tar/header.hpp"
#include "storage/tar/reader.hpp"

#include <cstdint>
#include <string>

namespace tar {

// What stands before a member's bytes: its ustar header, and before that pax records for what does
// not fit in there (long names, large numbers, fractions of a second, attributes). Names are
// written as the bytes they are. Throws base::Error for a kind of member that we do not write:
// devices.
std::string header_of(const Entry& entry);

// The zeros that fill a body of this size up to whole blocks.
std::size_t padding_of(std::int64_t size);

// Two blocks of zeros: the end of an archive.
std::string end_of_archive();

}  // namespace tar
