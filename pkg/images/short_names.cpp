#include "pkg/images/short_names.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/json.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"

#include <algorithm>
#include <optional>

namespace images {
namespace {

std::string file_of(const home::Home& home) {
  return home.cache + "/short-names.json";
}

std::optional<oci::Reference> find_reference(const std::string& text) {
  try {
    return oci::Reference::parse(text);
  } catch (const base::Error&) {
    return std::nullopt;
  }
}

// Where the repository of "team/app:1@sha256:..." ends.
std::size_t end_of_repository(const std::string& text) {
  const std::size_t digest = std::min(text.find('@'), text.size());
  const std::size_t colon = text.rfind(':', digest);
  const std::size_t slash = text.rfind('/', digest);
  const bool has_tag = colon != std::string::npos && (slash == std::string::npos || slash < colon);
  return has_tag && colon < digest ? colon : digest;
}

}  // namespace

bool is_short_name(const std::string& text) {
  const auto reference = find_reference(text);
  if (!reference || reference->registry() != "docker.io") return false;
  const std::string first = text.substr(0, text.find('/'));
  return !text.starts_with("docker://") && first != "docker.io" && first != "index.docker.io";
}

ShortNames ShortNames::read(const home::Home& home) try {
  ShortNames names;
  const auto text = sys::find_file(file_of(home));
  if (!text) return names;
  const base::Json file = base::Json::parse(*text);
  names.search = file.strings_or_none("search");
  for (const auto& [name, meant] : file.object_or_none("aliases"))
    names.aliases[name] = meant.as_string();
  return names;
} catch (const base::Error&) {
  return {};  // it is a cache
}

void ShortNames::write(const home::Home& home) const {
  if (read(home) == *this) return;
  base::Json file = base::Json::object({{"search", search}, {"aliases", base::Json::object()}});
  for (const auto& [name, meant] : aliases)
    file["aliases"][name] = meant;
  sys::make_dirs(home.cache, 0700);
  sys::replace_file(file_of(home), file.dump(2) + "\n", 0600);
}

std::string ShortNames::find_alias(const std::string& text) const {
  const std::size_t end = end_of_repository(text);
  const auto found = aliases.find(text.substr(0, end));
  return found == aliases.end() ? "" : found->second + text.substr(end);
}

std::vector<oci::Reference> ShortNames::candidates(const std::string& text) const {
  std::vector<oci::Reference> found;
  const auto add = [&found](const std::string& name) {
    auto reference = name.empty() ? std::nullopt : find_reference(name);
    if (reference && std::ranges::count(found, *reference) == 0) {
      found.push_back(std::move(*reference));
    }
  };
  add(find_alias(text));
  for (const std::string& registry : search)
    add(registry + "/" + text);
  add(text);
  return found;
}

}  // namespace images
