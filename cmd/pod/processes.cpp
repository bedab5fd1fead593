#include "cmd/pod/processes.hpp"

#include "cmd/cli/format.hpp"
#include "pkg/base/text.hpp"

namespace pod {

std::vector<std::string> split_descriptors(const std::vector<std::string>& words) {
  std::vector<std::string> descriptors;
  for (const std::string& word : words) {
    if (word == "-eo" || word == "-o") continue;  // as ps(1) is told
    for (const std::string& part : base::split(word, ','))
      descriptors.push_back(part);
  }
  return descriptors;
}

std::string process_table(const std::vector<std::vector<std::string>>& rows) {
  std::string text;
  for (const std::vector<std::string>& row : rows)
    text += base::join(row, "\t") + "\n";
  return cli::align(text);
}

}  // namespace pod
