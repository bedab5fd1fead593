#pragma once

#include "pkg/containers/options.hpp"

#include <string>
#include <string_view>

// What -v, --mount and --tmpfs have in common. All throw base::Error with the text in the message.
namespace pod {

[[noreturn]] void refuse_value(std::string_view text, std::string_view what);

void check_target(std::string_view text, const std::string& target);
// A path stays one from wherever the container is started later.
std::string absolute_path(const std::string& path);

// "ro", "Z", "rslave", "O", "upperdir=/x" ...
void apply_volume_option(containers::VolumeMount& mount, std::string_view text,
                         const std::string& option);
bool is_volume_option(std::string_view word);
// Of words that exclude each other at most one may be there.
void check_volume_options(const containers::VolumeMount& mount, std::string_view text);

// A tmpfs is as harmless as the peers make it, unless asked otherwise.
void add_tmpfs_defaults(containers::VolumeMount& mount);

}  // namespace pod
