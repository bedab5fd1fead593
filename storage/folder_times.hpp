#pragma once

#include <string>
#include <vector>

namespace storage {

// A rename within a committed layer gives the folder another time than its archive said. So the
// times are written down in a staging folder before, and given back after: by whoever renamed, or,
// when they were killed, by `recover`.

// Writes down, on the disk, when these folders were changed last.
void note_folder_times(const std::string& staged, const std::vector<std::string>& folders);

// Gives back all that were noted; fine when there are none, or when a folder is gone. False when
// this process must not: then the note has to stay.
bool restore_folder_times(const std::string& staged);

}  // namespace storage
