#include "tests/unit/registry/registry_test.hpp"

#include "pkg/base/base64.hpp"
#include "pkg/base/error.hpp"
#include "pkg/oci/reference.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"

#include <cstdlib>

RegistryTest::RegistryTest() {
  std::string name = testing::TempDir() + "pod-registry-XXXXXX";
  folder_ = ::mkdtemp(name.data());
  home_.config = folder_ + "/config";
  sys::make_dirs(home_.config + "/containers");
  sys::make_dirs(folder_ + "/pki");
  authority_.emplace(folder_ + "/pki");
  ::setenv("HOME", folder_.c_str(), 1);
  ::setenv("XDG_RUNTIME_DIR", folder_.c_str(), 1);
  for (const char* variable : {"REGISTRY_AUTH_FILE", "DOCKER_CONFIG", "SSL_CERT_FILE",
                               "SSL_CERT_DIR", "http_proxy", "https_proxy", "HTTPS_PROXY"}) {
    ::unsetenv(variable);
  }
}

RegistryTest::~RegistryTest() {
  sys::remove_tree(folder_);
}

void RegistryTest::trust(const std::string& host) const {
  const std::string place = home_.config + "/containers/certs.d/" + host;
  sys::make_dirs(place);
  sys::replace_file(place + "/ca.crt", sys::read_file(authority_->authority()));
}

void RegistryTest::write_auth(const std::string& host, const std::string& user,
                              const std::string& password) const {
  sys::replace_file(home_.config + "/containers/auth.json",
                    R"({"auths":{")" + host + R"(":{"auth":")" +
                        base::base64_encode(user + ":" + password) + "\"}}}",
                    0600);
}

registry::Access RegistryTest::quick() {
  registry::Access access;
  access.patience.delay = std::chrono::milliseconds(5);
  access.patience.stall = std::chrono::milliseconds(500);
  return access;
}

registry::Client RegistryTest::client(const std::string& reference, registry::Access access) const {
  return {home_, oci::Reference::parse(reference), std::move(access)};
}

std::string RegistryTest::error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const base::Error& error) {
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return "";
}

oci::Descriptor descriptor_of(const support::Blob& blob) {
  return {.media_type = blob.media_type,
          .digest = oci::Digest::parse(blob.digest),
          .size = static_cast<std::int64_t>(blob.bytes.size()),
          .urls = {},
          .annotations = {},
          .platform = {}};
}

bool Collector::accept(std::string_view offered) {
  if (!has_room) {
    ++refused;
    return false;
  }
  bytes += offered;
  return true;
}
