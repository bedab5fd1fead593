// `pull`, from a registry that lies, or that is not the one it seems to be: refused, and nothing is
// kept.
#include "tests/feature/pull.hpp"

#include <gmock/gmock.h>

#include <filesystem>

namespace {

namespace fs = std::filesystem;

using support::Asked;
using support::first;
using support::refusal;
using support::RegistryImage;
using support::Reply;
using support::Result;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST_F(Pull, UnknownAuthorityIsNotTrusted) {
  fs::remove_all(root() + "/config/containers");

  expect_failure("certs.d/" + server_->host() + "/ca.crt");
  EXPECT_THAT(server_->asked(), IsEmpty());

  EXPECT_EQ(pull({"--tls-verify=false", name()}).status, 0);
}

TEST_F(Pull, LayerOfAnotherDigestIsRefused) {
  Reply lie = {.body = image_.layers[0].bytes, .claimed_length = {}};
  lie.body[lie.body.size() / 2] ^= 1;
  server_->tell(first(99, is_for(image_.layers[0]), lie));

  expect_failure(image_.layers[0].digest);
}

TEST_F(Pull, LayerThatIsNoArchiveIsRefused) {
  Reply lie = {.body = std::string(image_.layers[0].bytes.size(), 'x'), .claimed_length = {}};
  server_->tell(first(99, is_for(image_.layers[0]), lie));

  expect_failure(name() + ": layer " + image_.layers[0].digest + ": damaged archive");
}

TEST_F(Pull, ConfigurationOfAnotherDigestIsRefused) {
  Reply lie = {.body = image_.config.bytes, .claimed_length = {}};
  lie.body[1] ^= 1;
  server_->tell(first(99, is_for(image_.config), lie));

  expect_failure("wrong content");
}

TEST_F(Pull, ManifestOfAnotherDigestIsRefused) {
  server_->tell(first(99, is_manifest, {.body = "{}", .claimed_length = {}}));

  const Result result = pull({server_->host() + "/team/app@" + image_.manifest.digest});

  EXPECT_EQ(result.status, 125);
  EXPECT_THAT(result.err, HasSubstr("wrong content"));
  expect_nothing_stored();
}

TEST_F(Pull, LayerThatIsNotWhatTheConfigurationSaysIsRefused) {
  RegistryImage lie = support::make_registry_image({layer("one", "the first")});
  const RegistryImage other = support::make_registry_image({layer("one", "changed")});
  const auto replace = [](std::string& text, const std::string& from, const std::string& to) {
    text.replace(text.find(from), from.size(), to);
  };
  std::string manifest = lie.manifest.bytes;
  replace(manifest, lie.layers[0].digest, other.layers[0].digest);
  replace(manifest, "\"size\":" + std::to_string(lie.layers[0].bytes.size()),
          "\"size\":" + std::to_string(other.layers[0].bytes.size()));
  lie.layers = other.layers;
  lie.manifest = support::make_blob(lie.manifest.media_type, manifest);
  server_->add(lie, "1");

  expect_failure(other.layers[0].digest);
}

TEST_F(Pull, BodyThatIsAlwaysShortIsRefused) {
  server_->tell(first(99, is_for(image_.layers[1]), {.body = "short", .claimed_length = {}}));

  expect_failure("only 5 are offered");
}

TEST_F(Pull, EndlessChallengesAreRefused) {
  server_->demand("Bearer never", "Bearer realm=\"" + server_->url() + "/token\"");
  server_->tell([](const Asked& asked) -> std::optional<Reply> {
    if (!asked.target.starts_with("/token")) return std::nullopt;
    return Reply{.body = R"({"token":"another"})", .claimed_length = {}};
  });

  expect_failure("log in with `pod login");
  EXPECT_LE(server_->asked().size(), 6U);
}

TEST_F(Pull, TooManyRequestsForAnHourAreRefused) {
  Reply lie = refusal(429, "TOOMANYREQUESTS", "slow down");
  lie.fields.emplace_back("Retry-After", "3600");
  server_->tell(first(99, is_manifest, lie));

  expect_failure("429 too many requests (slow down)");
}

TEST_F(Pull, ServerErrorsForGoodAreRefused) {
  server_->tell(first(99, is_blob, refusal(500, "UNKNOWN", "disk on fire")));

  expect_failure("500 internal server error (disk on fire)");
}

TEST_F(Pull, RedirectOutOfTlsIsRefused) {
  support::Registry plain(nullptr);
  server_->tell(
      first(99, is_blob,
            {.status = 302, .fields = {{"Location", plain.url() + "/x"}}, .claimed_length = {}}));

  expect_failure("out of https");
  EXPECT_THAT(plain.asked(), IsEmpty());
}

// In the header of the compressed stream, in it, and in its last bytes, which are a checksum.
TEST_F(Pull, OneWrongByteIsRefusedAndItsBlobNamed) {
  const support::Blob& blob = image_.layers[1];
  for (const std::size_t at : {std::size_t{5}, blob.bytes.size() / 2, blob.bytes.size() - 1}) {
    std::string bytes = blob.bytes;
    bytes[at] = static_cast<char>(bytes[at] ^ 1);
    server_->tell(first(99, is_for(blob), {.body = bytes, .claimed_length = {}}));

    expect_failure(blob.digest);
  }
}

TEST_F(Pull, CredentialsNeverReachTheHostOfARedirect) {
  support::Registry other(&*authority_);
  other.add(image_);
  const std::string basic = "Basic " + base::base64_encode("me:hunter2");
  server_->demand(basic, "Basic realm=\"x\"");
  write_auth(server_->host(), "me:hunter2");
  server_->tell([&](const Asked& asked) -> std::optional<Reply> {
    if (!asked.is_blob() || asked.field("authorization") != basic) return std::nullopt;
    return Reply{.status = 307,
                 .fields = {{"Location", other.url() + asked.target + "?signature=s3cret"}},
                 .claimed_length = {}};
  });

  const Result result = pull({"--retry", "1", name()});

  EXPECT_EQ(result.status, 0) << result;
  EXPECT_EQ(other.count(is_blob), 3U);
  EXPECT_EQ(other.count([](const Asked& asked) { return !asked.field("authorization").empty(); }),
            0U);
  EXPECT_FALSE(other.has_seen("hunter2"));
  EXPECT_THAT(result.err, Not(HasSubstr("hunter2")));
  EXPECT_THAT(result.err, Not(HasSubstr("s3cret")));
  expect_complete();
}

}  // namespace
