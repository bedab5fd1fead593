#include "pkg/registry/certificates.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "tests/support/registry.hpp"
#include "tests/unit/registry/registry_test.hpp"

#include <cstdlib>

namespace {

class Certificates : public RegistryTest {
 protected:
  registry::Trust find(const std::string& cert_dir = "") const {
    return registry::find_trust(home_, "quay.io:5000", cert_dir);
  }
  void write(const std::string& name, const std::string& text) const {
    const std::string folder = home_.config + "/containers/certs.d/quay.io:5000";
    sys::make_dirs(folder);
    sys::replace_file(folder + "/" + name, text);
  }
};

TEST_F(Certificates, SystemIsTrustedFromOnePlace) {
  const registry::Trust trust = find();

  EXPECT_TRUE(trust.system_directory.empty() || trust.system_file.empty());
  EXPECT_EQ(trust.authorities, "");
  EXPECT_EQ(trust.certificate, "");
}

TEST_F(Certificates, EnvironmentMaySayWhomToTrust) {
  ::setenv("SSL_CERT_FILE", "/somewhere/bundle.pem", 1);
  EXPECT_EQ(find().system_file, "/somewhere/bundle.pem");
  EXPECT_EQ(find().system_directory, "");

  ::setenv("SSL_CERT_DIR", "/elsewhere", 1);
  EXPECT_EQ(find().system_directory, "/elsewhere");

  ::setenv("SSL_CERT_DIR", "/somewhere", 1);
  EXPECT_EQ(find().system_directory, "");
}

TEST_F(Certificates, FolderOfHostAndPortIsReadByEndings) {
  write("a.crt", "first");
  write("b.crt", "second");
  write("me.cert", "certificate");
  write("me.key", "key");
  write("notes.txt", "nothing");

  const registry::Trust trust = find();

  EXPECT_EQ(trust.authorities, "first\nsecond\n");
  EXPECT_THAT(trust.certificate, testing::EndsWith("quay.io:5000/me.cert"));
  EXPECT_THAT(trust.key, testing::EndsWith("quay.io:5000/me.key"));
  EXPECT_EQ(registry::find_trust(home_, "quay.io", "").authorities, "");
}

TEST_F(Certificates, HalfAPairIsAnError) {
  write("me.key", "key");

  EXPECT_THROW(find(), base::Error);
}

TEST_F(Certificates, BundleAndPrivateAuthorityAreTrustedTogether) {
  support::Registry server(&*authority_);
  const auto image = support::make_registry_image({"a layer"});
  server.add(image, "1");
  ::setenv("SSL_CERT_FILE", authority_->authority().c_str(), 1);
  const auto pull = [&] {
    return client(server.host() + "/a:1").manifest("1").bytes == image.manifest.bytes;
  };
  EXPECT_TRUE(pull());

  const support::Authority other((sys::make_dirs(folder_ + "/other"), folder_ + "/other"));
  ::setenv("SSL_CERT_FILE", other.authority().c_str(), 1);
  EXPECT_THAT(error_of(pull), testing::HasSubstr("certificate: "));

  trust(server.host());
  EXPECT_TRUE(pull());
}

}  // namespace
