#include "pkg/oci/reference.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>

// The grammar is distribution-spec's (distribution/reference, regexp.go), read from the end: a
// digest after '@', a tag after the last ':' that is not followed by '/', and what is left is the
// repository, whose first component is a registry when it looks like a host.
namespace oci {
namespace {

constexpr std::string_view kDefaultRegistry = "docker.io";
constexpr std::size_t kLongestName = 255;

[[noreturn]] void refuse(std::string_view text, std::string_view why) {
  throw base::Error(fmt::format("{:.300}: not an image name: {}", text, why));
}

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

bool is_lower_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

// [a-z0-9]+ parts joined by ".", "_", "__" or any number of "-".
bool is_component(std::string_view text) {
  if (text.empty() || !is_lower_word(text.front()) || !is_lower_word(text.back())) return false;
  std::size_t at = 0;
  while (at < text.size()) {
    if (is_lower_word(text[at])) {
      ++at;
      continue;
    }
    const std::size_t end = std::min(text.find_first_not_of(text[at], at), text.size());
    const std::size_t length = end - at;
    const char c = text[at];
    if (c != '-' && !(c == '.' && length == 1) && !(c == '_' && length <= 2)) return false;
    if (!is_lower_word(text[end])) return false;
    at = end;
  }
  return true;
}

bool is_tag(std::string_view text) {
  if (text.empty() || text.size() > 128 || text.front() == '.' || text.front() == '-') return false;
  return std::ranges::all_of(text,
                             [](char c) { return is_word(c) || c == '_' || c == '.' || c == '-'; });
}

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_host(std::string_view text) {
  std::string_view host = text;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return false;
    host = text.substr(1, end - 1);
    const std::string_view rest = text.substr(end + 1);
    if (!rest.empty() && (rest.front() != ':' || !is_port(rest.substr(1)))) return false;
    return !host.empty() && host.find_first_not_of("0123456789abcdefABCDEF:.") == host.npos;
  }
  if (const std::size_t colon = text.find(':'); colon != text.npos) {
    host = text.substr(0, colon);
    if (!is_port(text.substr(colon + 1))) return false;
  }
  for (const std::string& label : base::split(host, '.')) {
    if (label.empty() || !is_word(label.front()) || !is_word(label.back())) return false;
    if (!std::ranges::all_of(label, [](char c) { return is_word(c) || c == '-'; })) return false;
  }
  return true;
}

// "quay.io/a" and "localhost/a" name a registry, "library/a" does not.
bool names_registry(std::string_view first) {
  return first == "localhost" || first.find_first_of(".:[") != std::string_view::npos;
}

bool is_image_id(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

void check_repository(std::string_view text, std::string_view repository) {
  if (repository.empty()) refuse(text, "it is empty");
  for (const std::string& part : base::split(repository, '/')) {
    if (is_component(part)) continue;
    if (base::lower(part) != part) refuse(text, "a repository is written in lower case");
    refuse(text, fmt::format("\"{}\" cannot be part of a repository", part));
  }
}

}  // namespace

Reference Reference::parse(std::string_view text) {
  Reference reference;
  std::string_view rest = text;
  if (rest.starts_with("docker://")) rest.remove_prefix(9);
  if (const std::size_t at = rest.find('@'); at != rest.npos) {
    try {
      reference.digest_ = Digest::parse(rest.substr(at + 1));
    } catch (const base::Error& error) {
      refuse(text, error.what());
    }
    rest = rest.substr(0, at);
  }
  const std::size_t colon = rest.rfind(':');
  if (colon != rest.npos && rest.find('/', colon) == rest.npos &&
      rest.find(']', colon) == rest.npos) {
    reference.tag_ = rest.substr(colon + 1);
    if (!is_tag(reference.tag_)) refuse(text, fmt::format("\"{}\" is not a tag", reference.tag_));
    rest = rest.substr(0, colon);
  }
  const std::size_t slash = rest.find('/');
  reference.registry_ = kDefaultRegistry;
  if (slash != rest.npos && names_registry(rest.substr(0, slash))) {
    if (!is_host(rest.substr(0, slash))) refuse(text, "its registry is not a host name");
    reference.registry_ = rest.substr(0, slash);
    rest = rest.substr(slash + 1);
  } else if (is_image_id(rest)) {
    refuse(text, "64 hex digits are an image id");
  }
  check_repository(text, rest);
  if (reference.registry_ == "index.docker.io") reference.registry_ = kDefaultRegistry;
  const bool is_short = reference.registry_ == kDefaultRegistry && rest.find('/') == rest.npos;
  reference.repository_ = (is_short ? "library/" : "") + std::string(rest);
  if (reference.name().size() > kLongestName) refuse(text, "it is longer than 255 characters");
  if (reference.tag_.empty() && !reference.digest_) reference.tag_ = "latest";
  return reference;
}

std::string Reference::text() const {
  return name() + (digest_ ? "@" + digest_->text() : ":" + tag_);
}

}  // namespace oci
