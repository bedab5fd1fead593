#pragma once

#include "cmd/cli/template_value.hpp"

#include <optional>
#include <string>

// Go's time.Time in templates. In JSON it is RFC 3339; which members are times their names say. A
// method that gives a time is an object: {"Created()": {"time()": "2026-05-19T20:58:03Z"}}.
namespace cli {

bool is_time(Value value);

// As Go prints it: "2026-05-19 20:58:03.5 +0000 UTC".
std::string time_text(const std::string& rfc3339);

// Its methods without arguments: Unix, Year, UTC and so on.
std::optional<base::Json> find_time_field(const std::string& rfc3339, const std::string& name);

// Format: as "Mon Jan 2 15:04:05 MST 2006" would be written.
std::string format_time(const std::string& rfc3339, std::string_view layout);

}  // namespace cli
