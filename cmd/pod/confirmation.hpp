#pragma once

#include <cstdint>
#include <string>

namespace pod {

// Shows the question and reads a line: yes begins with y. Without an answer (standard input ends)
// throws base::Error, since a script that forgot --force shall not seem to have done its work.
bool confirm(const std::string& question);

// "Total reclaimed space: 12.3MB" for standard error: standard output has nothing but names.
void tell_freed(std::int64_t bytes);

}  // namespace pod
