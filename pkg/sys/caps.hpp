#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sys {

// A set of capabilities, one bit each; see capabilities(7).
using CapabilitySet = std::uint64_t;

// "CAP_NET_RAW", "net_raw" -> its number. Throws base::Error for other words.
int capability_number(std::string_view name);
std::string capability_name(int number);  // "CAP_NET_RAW"
int last_capability();                    // the newest that this kernel and we know

CapabilitySet capability_set(const std::vector<std::string>& names);  // also "ALL"
std::vector<std::string> capability_names(CapabilitySet set);

// What this process may do, in its own user namespace.
CapabilitySet effective_capabilities();

}  // namespace sys
