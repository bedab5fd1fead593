#pragma once

#include "pkg/registry/http.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace registry {

// What an answer means, in one line: "404 not found (manifest unknown)", "connection refused".
std::string describe(const Answer& answer);

// What a registry says about an error, for people: its own words, bounded and printable; "" when it
// says nothing. See distribution-spec, "Error Codes".
std::string message_of(std::string_view body);

// Lets other exchanges go on meanwhile.
void wait_for(Http& http, std::chrono::milliseconds time);

}  // namespace registry
