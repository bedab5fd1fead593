#include "pkg/base/base64.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "tests/support/registry.hpp"
#include "tests/unit/registry/registry_test.hpp"

#include <vector>

namespace {

using support::Asked;
using support::first;
using support::Reply;
using testing::HasSubstr;
using testing::Not;

constexpr auto kPassword = "hunter2";
const std::string kBasic = "Basic " + base::base64_encode("me:hunter2");

// A registry that wants to know who is there, and somebody else on the same machine.
class LoginTest : public RegistryTest {
 protected:
  LoginTest() : server_(&*authority_), other_(&*authority_) {
    trust(server_.host());
    image_ = support::make_registry_image({"a layer"});
    server_.add(image_, "1");
    other_.add(image_, "1");
  }

  void demand_token() {
    server_.demand("Bearer good", "Basic realm=\"x\", Bearer realm=\"" + other_.url() +
                                      "/token?a=b\",service=\"the, service\"," +
                                      "scope=\"repository:team/app:pull\"");
    other_.tell([](const Asked& asked) -> std::optional<Reply> {
      if (!asked.target.starts_with("/token")) return std::nullopt;
      return Reply{.body = R"({"access_token":"good","expires_in":300})", .claimed_length = {}};
    });
  }
  std::string pull(registry::Access access = quick()) const {
    return client(server_.host() + "/team/app:1", std::move(access)).manifest("1").bytes;
  }

  support::Registry server_;
  support::Registry other_;
  support::RegistryImage image_;
};

TEST_F(LoginTest, BasicIsSaidOnlyWhenAskedFor) {
  server_.demand(kBasic, "Basic realm=\"a, b\"");
  write_auth(server_.host(), "me", kPassword);

  EXPECT_EQ(pull(), image_.manifest.bytes);

  const std::vector<Asked> asked = server_.asked();
  ASSERT_EQ(asked.size(), 2U);
  EXPECT_EQ(asked[0].field("authorization"), "");
  EXPECT_EQ(asked[1].field("authorization"), kBasic);
}

TEST_F(LoginTest, AnonymousIsToldToLogIn) {
  server_.demand(kBasic, "Basic realm=\"x\"");

  EXPECT_EQ(error_of([&] { pull(); }),
            "registry " + server_.host() +
                ": pull team/app:1: 401 unauthorized (authentication required): log in with `pod "
                "login " +
                server_.host() + "`");
  EXPECT_EQ(server_.asked().size(), 1U);
}

TEST_F(LoginTest, WrongPasswordNamesTheFileAndNotThePassword) {
  server_.demand(kBasic, "Basic realm=\"x\"");
  write_auth(server_.host(), "me", "wrong-one");

  const std::string error = error_of([&] { pull(); });

  EXPECT_THAT(error, HasSubstr("the credentials of " + home_.config + "/containers/auth.json"));
  EXPECT_THAT(error, Not(HasSubstr("wrong-one")));
  EXPECT_EQ(server_.asked().size(), 2U);
}

TEST_F(LoginTest, TokenComesFromAnotherHost) {
  demand_token();
  write_auth(server_.host(), "me", kPassword);

  EXPECT_EQ(pull(), image_.manifest.bytes);

  const std::vector<Asked> asked = other_.asked();
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].target,
            "/token?a=b&service=the%2C%20service&scope=repository%3Ateam%2Fapp%3Apull&account=me");
  EXPECT_EQ(asked[0].field("authorization"), kBasic);
  EXPECT_FALSE(server_.has_seen(kBasic));
}

TEST_F(LoginTest, TokenIsKeptForTheNextRequests) {
  demand_token();
  registry::Client app = client(server_.host() + "/team/app:1");

  app.manifest("1");
  app.blob(descriptor_of(image_.config));
  app.manifest(image_.manifest.digest);

  EXPECT_EQ(other_.asked().size(), 1U);
  EXPECT_EQ(server_.asked().size(), 4U);
}

TEST_F(LoginTest, IdentityTokenIsPosted) {
  demand_token();
  sys::create_file(home_.config + "/containers/auth.json",
                   R"({"auths":{")" + server_.host() + R"(":{"identitytoken":"i&d"}}})");

  EXPECT_EQ(pull(), image_.manifest.bytes);

  ASSERT_EQ(other_.asked().size(), 1U);
  EXPECT_EQ(other_.asked()[0].method, "POST");
  EXPECT_THAT(other_.asked()[0].body, HasSubstr("grant_type=refresh_token"));
  EXPECT_THAT(other_.asked()[0].body, HasSubstr("refresh_token=i%26d"));
}

TEST_F(LoginTest, EndlessChallengesEnd) {
  demand_token();
  server_.demand("Bearer never", "Bearer realm=\"" + other_.url() + "/token\"");

  EXPECT_THAT(error_of([&] { pull(); }), HasSubstr("401 unauthorized"));

  EXPECT_LE(server_.asked().size(), 3U);
  EXPECT_LE(other_.asked().size(), 2U);
}

TEST_F(LoginTest, TokenServerThatRefusesIsNamed) {
  demand_token();
  other_.tell(first(
      99, [](const Asked&) { return true; }, support::refusal(401, "DENIED", "wrong password")));
  write_auth(server_.host(), "me", kPassword);

  EXPECT_EQ(error_of([&] { pull(); }),
            "registry " + server_.host() + ": pull team/app:1: token server " + other_.url() +
                ": 401 unauthorized (wrong password): it refused the credentials of " +
                home_.config + "/containers/auth.json");
}

TEST_F(LoginTest, AnswerOfATokenServerIsNotRepeated) {
  demand_token();
  other_.tell(first(99, [](const Asked&) { return true; },
                    {.body = R"({"token":"hunter2" oops)", .claimed_length = {}}));

  EXPECT_THAT(error_of([&] { pull(); }), Not(HasSubstr("hunter2")));
}

TEST_F(LoginTest, ExpiredTokenIsRenewedOnce) {
  demand_token();
  registry::Client app = client(server_.host() + "/team/app:1");
  app.manifest("1");
  server_.demand("Bearer better", "Bearer realm=\"" + other_.url() + "/token\"");
  other_.tell(first(1, [](const Asked&) { return true; },
                    {.body = R"({"token":"better"})", .claimed_length = {}}));

  EXPECT_EQ(app.manifest("1").bytes, image_.manifest.bytes);
}

TEST_F(LoginTest, RedirectsTakeNoSecretsToAnotherHost) {
  server_.demand(kBasic, "Basic realm=\"x\"");
  write_auth(server_.host(), "me", kPassword);
  const std::string place = home_.config + "/containers/certs.d/" + server_.host();
  sys::replace_file(place + "/me.cert", sys::read_file(authority_->client_certificate()));
  sys::replace_file(place + "/me.key", sys::read_file(authority_->client_key()), 0600);
  server_.tell([this](const Asked& asked) -> std::optional<Reply> {
    if (asked.field("authorization").empty() || !asked.is_blob()) return std::nullopt;
    return Reply{.status = 307,
                 .fields = {{"Location", other_.url() + asked.target + "?signature=s3cret"}},
                 .claimed_length = {}};
  });

  EXPECT_EQ(client(server_.host() + "/team/app:1").blob(descriptor_of(image_.config)),
            image_.config.bytes);

  const std::vector<Asked> elsewhere = other_.asked();
  ASSERT_EQ(elsewhere.size(), 1U);
  EXPECT_EQ(elsewhere[0].field("authorization"), "");
  EXPECT_FALSE(elsewhere[0].with_certificate);
  EXPECT_TRUE(server_.asked()[0].with_certificate);
}

TEST_F(LoginTest, RedirectErrorsDoNotShowSignatures) {
  server_.tell([this](const Asked& asked) -> std::optional<Reply> {
    if (!asked.is_blob()) return std::nullopt;
    return Reply{.status = 302,
                 .fields = {{"Location", other_.url() + "/none?signature=s3cret"}},
                 .claimed_length = {}};
  });
  other_.tell(first(99, [](const Asked&) { return true; }, {.status = 403, .claimed_length = {}}));

  const std::string error =
      error_of([&] { client(server_.host() + "/a:1").blob(descriptor_of(image_.config)); });

  EXPECT_THAT(error, HasSubstr("403 forbidden by the host it redirects to"));
  EXPECT_THAT(error, Not(HasSubstr("s3cret")));
  EXPECT_GT(other_.asked().size(), 1U);  // a signature may have run out: asked anew from the start
}

TEST_F(LoginTest, RedirectsNeverLeadOutOfTls) {
  support::Registry plain(nullptr);
  server_.tell(first(99, [](const Asked&) { return true; },
                     {.status = 301,
                      .fields = {{"Location", plain.url() + "/x?signature=s3cret"}},
                      .claimed_length = {}}));

  const std::string error = error_of([&] { pull(); });

  EXPECT_THAT(error, HasSubstr("redirect to " + plain.url() + ", out of https"));
  EXPECT_THAT(error, Not(HasSubstr("s3cret")));
  EXPECT_EQ(plain.asked().size(), 0U);
}

TEST_F(LoginTest, RedirectsInACircleEnd) {
  server_.tell(first(99, [](const Asked&) { return true; },
                     {.status = 302, .fields = {{"Location", "/again"}}, .claimed_length = {}}));

  EXPECT_THAT(error_of([&] { pull(); }), HasSubstr("too many redirects"));
  EXPECT_LE(server_.asked().size(), 11U);
}

TEST_F(LoginTest, UnknownAuthorityIsRefusedWithTheRemedy) {
  sys::remove_tree(home_.config + "/containers/certs.d");

  const std::string error = error_of([&] { pull(); });

  EXPECT_THAT(error, HasSubstr("certificate: "));
  EXPECT_THAT(error, HasSubstr("certs.d/" + server_.host() + "/ca.crt"));
  EXPECT_EQ(server_.asked().size(), 0U);
}

TEST_F(LoginTest, UnknownAuthorityIsFineWhenNothingIsVerified) {
  sys::remove_tree(home_.config + "/containers/certs.d");
  registry::Access access = quick();
  access.tls_verify = false;

  EXPECT_EQ(pull(access), image_.manifest.bytes);
}

TEST_F(LoginTest, CertificateFolderMayBeNamed) {
  sys::remove_tree(home_.config + "/containers/certs.d");
  sys::make_dirs(folder_ + "/named");
  sys::create_file(folder_ + "/named/x.crt", sys::read_file(authority_->authority()));
  registry::Access access = quick();
  access.cert_dir = folder_ + "/named";

  EXPECT_EQ(pull(access), image_.manifest.bytes);
  access.cert_dir = folder_ + "/none";
  EXPECT_THAT(error_of([&] { pull(access); }), HasSubstr("/none: no such directory"));
}

TEST_F(LoginTest, RegistryThatWantsACertificateIsSaidSo) {
  server_.demand_certificate();

  EXPECT_THAT(error_of([&] { pull(); }), HasSubstr("wants a client certificate"));
}

TEST_F(LoginTest, CertificateIsAskedForAlsoWhenTheAlertIsLost) {
  server_.hang_up_on_strangers();

  EXPECT_THAT(error_of([&] { pull(); }), HasSubstr("wants a client certificate"));
}

TEST_F(LoginTest, RegistryThatHasAnsweredWantsNoCertificate) {
  registry::Client app = client(server_.host() + "/team/app:1");
  app.manifest("1");
  server_.tell(first(99, [](const Asked&) { return true; },
                     {.body = "x", .claimed_length = 2, .cut_after = 1}));

  EXPECT_THAT(error_of([&] { app.manifest("1"); }), Not(HasSubstr("certificate")));
}

TEST_F(LoginTest, CertificateWithoutItsKeyIsAnError) {
  sys::create_file(home_.config + "/containers/certs.d/" + server_.host() + "/me.cert", "x");

  EXPECT_THAT(error_of([&] { pull(); }), HasSubstr("me.key is missing"));
}

TEST_F(LoginTest, RegistryOfThisMachineMayDoWithoutTls) {
  support::Registry plain(nullptr);
  plain.add(image_, "1");
  const std::string name = plain.host() + "/team/app:1";

  EXPECT_EQ(client(name).manifest("1").bytes, image_.manifest.bytes);

  registry::Access strict = quick();
  strict.tls_verify = true;
  EXPECT_THAT(error_of([&] { client(name, strict).manifest("1"); }),
              HasSubstr("--tls-verify=false also tries http"));
}

}  // namespace
