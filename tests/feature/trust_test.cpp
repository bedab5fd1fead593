// policy.json and sigstore's signatures: `pull`, `image sign`, `image trust`.
#include "tests/support/home.hpp"
#include "tests/support/program.hpp"
#include "tests/support/registry.hpp"
#include "tests/support/tar_text.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <optional>

namespace {

namespace fs = std::filesystem;

using support::Asked;
using support::Registry;
using support::Result;
using support::Words;
using testing::HasSubstr;

class Trust : public support::Home {
 protected:
  void SetUp() override {
    Home::SetUp();
    if (support::run({"openssl", "version"}).status != 0) GTEST_SKIP() << "openssl is missing";
    image_ = support::make_registry_image({support::TarText().file("a", "one").end()});
    other_ = support::make_registry_image({support::TarText().file("a", "two").end()});
    server_.add(image_, "1");
    server_.add(other_, "2");
  }

  // Makes NAME.key and NAME.pub.
  void make_key(const std::string& name, const Words& how) const {
    Words words = {"openssl", "genpkey", "-out", root() + "/" + name + ".key"};
    words.insert(words.end(), how.begin(), how.end());
    ASSERT_EQ(support::run(words).status, 0);
    ASSERT_EQ(support::run({"openssl", "pkey", "-in", root() + "/" + name + ".key", "-pubout",
                            "-out", root() + "/" + name + ".pub"})
                  .status,
              0);
  }
  void make_ec(const std::string& name) const {
    make_key(name, {"-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"});
  }
  void require_key(const std::string& name, const std::string& identity = "") const {
    write("config/containers/policy.json",
          R"({"default":[{"type":"reject"}],"transports":{"docker":{")" + server_.host() +
              R"(":[{"type":"sigstoreSigned","keyPath":")" + root() + "/" + name + ".pub\"" +
              (identity.empty() ? "" : ",\"signedIdentity\":" + identity) + "}]}}}");
  }
  std::string name(const std::string& tag) const { return server_.host() + "/team/app:" + tag; }
  Result sign(const std::string& key, const std::string& tag) const {
    return pod({"image", "sign", "--sign-by-sigstore-private-key", root() + "/" + key + ".key",
                name(tag)});
  }
  void expect_refused(const std::string& tag, const std::string& why) {
    const std::size_t blobs = count_layers();
    const Result result = pod({"pull", name(tag)});
    EXPECT_EQ(result.status, 125) << result;
    EXPECT_THAT(result.err, HasSubstr("refused by " + root() + "/config/containers/policy.json"));
    EXPECT_THAT(result.err, HasSubstr(why));
    EXPECT_EQ(count_layers(), blobs);
  }
  std::size_t count_layers() const {
    return server_.count([&](const Asked& asked) {
      return asked.target.find(image_.layers[0].digest) != std::string::npos ||
             asked.target.find(other_.layers[0].digest) != std::string::npos;
    });
  }

  Registry server_{nullptr};
  support::RegistryImage image_;
  support::RegistryImage other_;
};

TEST_F(Trust, OnlyWhatIsSignedIsPulled) {
  make_ec("a");
  make_ec("b");
  require_key("a");
  expect_refused("1", "a signature is required");

  const Result signed_by_b = sign("b", "1");
  EXPECT_EQ(signed_by_b.status, 0) << signed_by_b;
  expect_refused("1", "it is by another key");

  EXPECT_EQ(sign("a", "1").line(), image_.manifest.digest);
  EXPECT_EQ(must({"pull", "-q", name("1")}), image_.id());
  expect_refused("2", "a signature is required");
}

TEST_F(Trust, KeysOfThreeKinds) {
  make_ec("ec");
  make_key("rsa", {"-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"});
  make_key("ed", {"-algorithm", "ED25519"});
  for (const char* kind : {"ec", "rsa", "ed"}) {
    require_key(kind);
    expect_refused("1", "a signature is required");
    EXPECT_EQ(sign(kind, "1").status, 0) << kind;
    EXPECT_EQ(must({"pull", "-q", name("1")}), image_.id()) << kind;
  }
}

TEST_F(Trust, KeyWithAPassphrase) {
  write("word", "geheim\n");
  make_key("a", {"-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"});
  ASSERT_EQ(support::run({"openssl", "pkcs8", "-topk8", "-in", root() + "/a.key", "-out",
                          root() + "/locked.key", "-passout", "pass:geheim"})
                .status,
            0);

  EXPECT_THAT(sign("locked", "1").err, HasSubstr("not of this passphrase"));
  must({"image", "sign", "--sign-passphrase-file", root() + "/word",
        "--sign-by-sigstore-private-key", root() + "/locked.key", name("1")});

  require_key("a");
  must({"pull", "-q", name("1")});
}

TEST_F(Trust, SignatureOfAnotherImageOrNameWillNotDo) {
  make_ec("a");
  require_key("a");
  EXPECT_EQ(sign("a", "2").status, 0);
  std::string wanted = "sha256-" + image_.manifest.digest.substr(7) + ".sig";
  const std::string theirs = "sha256-" + other_.manifest.digest.substr(7) + ".sig";
  server_.tell([=](const Asked& asked) -> std::optional<support::Reply> {
    if (!asked.target.ends_with(wanted)) return std::nullopt;
    return support::Reply{.status = 307,
                          .fields = {{"Location", "/v2/team/app/manifests/" + theirs}},
                          .claimed_length = {}};
  });
  expect_refused("1", "it is for " + other_.manifest.digest);
  server_.tell({});

  server_.add_manifest(other_.manifest, "3");
  expect_refused("3", "it is for the name " + name("2"));
  require_key("a", R"({"type":"matchRepository"})");
  EXPECT_EQ(must({"pull", "-q", name("3")}), other_.id());
}

TEST_F(Trust, IndexMayBeSignedInPlaceOfItsImages) {
  make_ec("a");
  require_key("a");
  server_.add_manifest(support::make_index({image_}), "all");

  expect_refused("all", "a signature is required");
  EXPECT_EQ(sign("a", "all").status, 0);

  EXPECT_EQ(must({"pull", "-q", name("all")}), image_.id());
}

TEST_F(Trust, PushSigns) {
  make_ec("a");
  must({"pull", "-q", name("1")});
  const std::string there = server_.host() + "/team/copy:1";

  EXPECT_EQ(
      pod({"push", "--sign-by-sigstore-private-key", root() + "/none", name("1"), there}).status,
      125);
  must({"push", "-q", "--sign-by-sigstore-private-key", root() + "/a.key", name("1"), there});

  must({"rmi", "--all", "--force"});
  require_key("a");
  EXPECT_EQ(must({"pull", "-q", there}), image_.id());
}

TEST_F(Trust, PolicyIsReadStrictly) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({})", "missing"},
      {R"({"default":[]})", "default: has no requirements"},
      {R"({"default":[{"type":"odd"}]})", "default: [0]: unknown type \"odd\""},
      {R"({"default":[{"type":"reject","x":1}]})", "unknown member \"x\""},
      {R"({"default":[{"type":"reject"}],"other":1})", "unknown member \"other\""},
      {R"({"default":[{"type":"reject"}],"default":[]})", "policy.json"},
      {R"({"default":[{"type":"sigstoreSigned"}]})", "exactly one of keyPath"},
      {R"({"default":[{"type":"signedBy","keyType":"GPGKeys","keyPath":"/x"}]})", "GPG"},
      {R"({"default":[{"type":"reject"}]})", "such images are rejected"},
  };
  for (const auto& [text, expected] : cases) {
    write("config/containers/policy.json", text);
    const Result result = pod({"pull", name("1")});
    EXPECT_EQ(result.status, 125) << text;
    EXPECT_THAT(result.err, HasSubstr(expected)) << text;
    EXPECT_THAT(result.err, HasSubstr(root() + "/config/containers/policy.json")) << text;
  }
}

TEST_F(Trust, ArchivesAreLetInByTheirTransport) {
  must({"pull", "-q", name("1")});
  must({"save", "-o", root() + "/image.tar", name("1")});
  write("config/containers/policy.json", R"({"default":[{"type":"reject"}]})");

  EXPECT_THAT(pod({"load", "-i", root() + "/image.tar"}).err,
              HasSubstr("policy.json: docker-archive is rejected"));

  write("config/containers/policy.json",
        R"({"default":[{"type":"reject"}],"transports":{"docker-archive":{"":)"
        R"([{"type":"insecureAcceptAnything"}]}}})");
  must({"load", "-i", root() + "/image.tar"});
}

TEST_F(Trust, IsSetAndShown) {
  make_ec("a");
  must({"image", "trust", "set", "-t", "reject", "default"});
  must({"image", "trust", "set", "--type", "sigstoreSigned", "-f", root() + "/a.pub",
        server_.host() + "/team"});
  must({"image", "trust", "set", "-t", "accept", server_.host() + "/open"});

  const std::string shown = must({"image", "trust", "show"});
  EXPECT_THAT(shown, HasSubstr("default"));
  EXPECT_THAT(shown, HasSubstr("sigstoreSigned  " + root() + "/a.pub"));
  expect_refused("1", "a signature is required");
  EXPECT_EQ(must({"pull", "-q", server_.host() + "/open/app:1"}), image_.id());
  EXPECT_EQ(pod({"image", "trust", "set", "-t", "sigstoreSigned", "x.y"}).status, 125);
  EXPECT_EQ(pod({"image", "trust", "set", "-t", "odd", "x.y"}).status, 125);
}

}  // namespace
