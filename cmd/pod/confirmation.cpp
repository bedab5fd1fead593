#include "cmd/pod/confirmation.hpp"

#include "cmd/pod/listing.hpp"
#include "pkg/base/error.hpp"

#include <fmt/core.h>

#include <cstdio>

namespace pod {

bool confirm(const std::string& question) {
  fmt::print("{}\nAre you sure you want to continue? [y/N] ", question);
  std::fflush(stdout);
  int first = std::getchar();
  if (first == EOF) throw base::Error("not confirmed: there is nobody to ask; use --force");
  const bool is_yes = first == 'y' || first == 'Y';
  while (first != '\n' && first != EOF)
    first = std::getchar();
  return is_yes;
}

void tell_freed(std::int64_t bytes) {
  fmt::print(stderr, "Total reclaimed space: {}\n", tight_size(bytes));
}

}  // namespace pod
