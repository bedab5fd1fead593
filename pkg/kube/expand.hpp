#pragma once

#include <map>
#include <string>
#include <string_view>

namespace kube {

// Puts variables in: $(NAME) becomes its value, $$(NAME) becomes $(NAME), and what is not known
// stays as it is. See Kubernetes, "dependent environment variables".
std::string expand(std::string_view text, const std::map<std::string, std::string>& variables);

}  // namespace kube
