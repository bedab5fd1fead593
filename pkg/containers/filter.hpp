#pragma once

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"

#include <string>
#include <vector>

namespace containers {

// Whether an extended regular expression, as --filter takes for names, is found in the text.
bool matches_expression(const std::string& text, const std::string& expression);

// The entry with this key of a table of --filter keys. Throws base::Error with a suggestion.
template <typename Filters>
const typename Filters::value_type& filter_of(const Filters& known, const std::string& key) {
  std::vector<std::string> keys;
  for (const auto& filter : known) {
    if (filter.key == key) return filter;
    keys.emplace_back(filter.key);
  }
  const auto meant = base::suggest(key, keys);
  throw base::Error("filter " + key + ": unknown key" +
                    (meant ? "; did you mean " + *meant + "?" : ""));
}

}  // namespace containers
