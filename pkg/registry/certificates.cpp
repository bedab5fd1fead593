#include "pkg/registry/certificates.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/log.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace registry {
namespace {

constexpr std::string_view kHashedDirectory = "/etc/ssl/certs";
constexpr std::string_view kBundles[] = {
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
};

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// "5ed36f99.0": OpenSSL then opens only the authorities that it needs, while reading the bundle of
// Debian takes 25 ms.
bool is_hash_link(std::string_view name) {
  return name.size() == 10 && name.ends_with(".0") &&
         std::all_of(name.begin(), name.begin() + 8,
                     [](unsigned char letter) { return std::isxdigit(letter) != 0; });
}

void find_system(Trust& trust) {
  trust.system_file = environment("SSL_CERT_FILE");
  trust.system_directory = environment("SSL_CERT_DIR");
  // A bundle is made of what lies beside it.
  if (trust.system_file.starts_with(trust.system_directory + "/")) trust.system_directory.clear();
  if (!trust.system_file.empty() || !trust.system_directory.empty()) return;

  const std::string hashed(kHashedDirectory);
  const std::vector<std::string> names = sys::list_dir(hashed);
  if (std::any_of(names.begin(), names.end(), is_hash_link)) {
    trust.system_directory = hashed;
    return;
  }
  for (const std::string_view bundle : kBundles) {
    if (!sys::exists(std::string(bundle))) continue;
    trust.system_file = bundle;
    return;
  }
}

std::string find_folder(const home::Home& home, const std::string& registry,
                        const std::string& cert_dir) {
  if (!cert_dir.empty()) return cert_dir;
  const std::string parents[] = {home.config + "/containers", "/etc/containers", "/etc/docker"};
  for (const std::string& parent : parents) {
    std::string folder = parent;
    folder.append("/certs.d/").append(registry);
    if (sys::exists(folder)) return folder;
  }
  return "";
}

void add_pair(Trust& trust, const std::string& folder, const std::string& stem) {
  const std::string certificate = folder + "/" + stem + ".cert";
  const std::string key = folder + "/" + stem + ".key";
  for (const std::string& file : {certificate, key}) {
    if (sys::exists(file)) continue;
    throw base::Error("certificates " + folder + ": " + file.substr(folder.size() + 1) +
                      " is missing: a *.cert and a *.key make a pair");
  }
  if (!trust.certificate.empty()) {
    if (trust.certificate != certificate) {
      base::log::warn("certificates {}: only {} is used, {} is not", folder, trust.certificate,
                      certificate);
    }
    return;
  }
  trust.certificate = certificate;
  trust.key = key;
}

}  // namespace

Trust find_trust(const home::Home& home, const std::string& registry, const std::string& cert_dir) {
  Trust trust;
  find_system(trust);
  const std::string folder = find_folder(home, registry, cert_dir);
  if (folder.empty()) return trust;
  if (!sys::exists(folder)) throw base::Error("certificates " + folder + ": no such directory");

  for (const std::string& name : sys::list_dir(folder)) {
    const std::size_t dot = name.rfind('.');
    if (dot == std::string::npos) continue;
    const std::string stem = name.substr(0, dot);
    const std::string ending = name.substr(dot);
    const std::string file = folder + "/" + name;
    if (ending == ".crt") trust.authorities.append(sys::read_file(file)).append("\n");
    if (ending == ".cert" || ending == ".key") add_pair(trust, folder, stem);
  }
  return trust;
}

}  // namespace registry
