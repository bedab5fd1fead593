#include "pkg/registry/login.hpp"

#include "pkg/base/error.hpp"
#include "pkg/registry/configuration.hpp"
#include "pkg/registry/credentials.hpp"
#include "pkg/registry/endpoints.hpp"
#include "pkg/registry/session.hpp"

namespace registry {
namespace {

constexpr std::size_t kMostBytes = std::size_t{1} << 20U;

oci::Reference some_image(const std::string& key) try {
  return oci::Reference::parse(key + "/image");
} catch (const base::Error&) {
  throw base::Error(key + ": not a registry, or a part of one: HOST[:PORT][/PATH]");
}

}  // namespace

std::string parse_login(const std::string& text) {
  std::string key = text;
  if (text.find("://") != std::string::npos) key = registry_of_key(text);
  while (key.ends_with('/'))
    key.pop_back();
  const std::string host = registry_of_key(key.substr(0, key.find('/')));
  if (key.find('/') == std::string::npos) key = host;
  const oci::Reference image = some_image(key);
  if (image.registry() == host) return key;
  throw base::Error(key + ": not a registry: its name has a dot or a port, or is localhost");
}

void try_login(const home::Home& home, const std::string& key, Access access) {
  access.verb = "log in";
  const oci::Reference image = some_image(key);
  const Access known = access_to(Configuration::read(home), image, access);
  Session session(home, image, known);
  session.get_at("/v2/", "", {}, kMostBytes);
}

}  // namespace registry
