#include "pkg/kube/expand.hpp"

namespace kube {

std::string expand(std::string_view text, const std::map<std::string, std::string>& variables) {
  std::string out;
  while (!text.empty()) {
    const std::size_t dollar = text.find('$');
    out += text.substr(0, dollar);
    if (dollar == std::string_view::npos) break;
    text.remove_prefix(dollar);
    if (text.starts_with("$$")) {
      out += '$';
      text.remove_prefix(2);
      continue;
    }
    const std::size_t end = text.starts_with("$(") ? text.find(')') : std::string_view::npos;
    const auto found = end == std::string_view::npos
                           ? variables.end()
                           : variables.find(std::string(text.substr(2, end - 2)));
    if (found == variables.end()) {
      out += '$';
      text.remove_prefix(1);
    } else {
      out += found->second;
      text.remove_prefix(end + 1);
    }
  }
  return out;
}

}  // namespace kube
