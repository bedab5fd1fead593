// `pull`, from a registry that everybody runs and from one that lies.
#include "pkg/base/base64.hpp"
#include "tests/support/home.hpp"
#include "tests/support/image.hpp"
#include "tests/support/registry.hpp"
#include "tests/support/registry_docker.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/tar_text.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <thread>

namespace {

namespace fs = std::filesystem;

using support::Asked;
using support::first;
using support::ImageFormat;
using support::refusal;
using support::RegistryImage;
using support::Reply;
using support::Result;
using support::Words;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string layer(const std::string& name, const std::string& text) {
  support::TarText tar;
  tar.directory("etc").file("etc/" + name, text);
  return tar.end();
}

bool is_blob(const Asked& asked) {
  return asked.is_blob();
}
bool is_manifest(const Asked& asked) {
  return asked.is_manifest();
}

std::function<bool(const Asked&)> is_for(const support::Blob& blob) {
  return [digest = blob.digest](const Asked& asked) {
    return asked.target.find(digest) != std::string::npos;
  };
}

class Pull : public support::Home {
 protected:
  void SetUp() override {
    Home::SetUp();
    fs::create_directory(root() + "/pki");
    authority_.emplace(root() + "/pki");
    server_.emplace(&*authority_);
    trust(server_->host());
    image_ = support::make_registry_image(
        {layer("one", "the first"), layer("two", std::string(200'000, '2'))});
    server_->add(image_, "1");
  }
  void TearDown() override {
    server_.reset();
    Home::TearDown();
  }

  void trust(const std::string& host) const {
    std::ifstream authority(authority_->authority());
    std::stringstream text;
    text << authority.rdbuf();
    write("config/containers/certs.d/" + host + "/ca.crt", text.str());
  }
  void write_auth(const std::string& host, const std::string& login) const {
    write("config/containers/auth.json",
          R"({"auths":{")" + host + R"(":{"auth":")" + base::base64_encode(login) + "\"}}}");
  }

  static Words pull_words(const Words& arguments) {
    Words words = {support::transfer_program(), "pull", "--retry-delay", "10ms"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return words;
  }
  Result pull(const Words& arguments) const {
    return support::run(pull_words(arguments), start(), "", 60);
  }
  std::string name() const { return server_->host() + "/team/app:1"; }

  // The names below a folder of the store.
  std::vector<std::string> stored(const std::string& folder) const {
    std::vector<std::string> names;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(data() + "/storage/" + folder, ignored)) {
      names.push_back(entry.path().filename());
    }
    return names;
  }
  // Whether some layer has this file with this text.
  bool has_file(const std::string& path, const std::string& text) const {
    const std::vector<std::string> layers = stored("layers");
    return std::any_of(layers.begin(), layers.end(), [&](const std::string& id) {
      std::ifstream file(data() + "/storage/layers/" + id + "/root/" + path);
      std::stringstream found;
      found << file.rdbuf();
      return file.is_open() && found.str() == text;
    });
  }
  void expect_complete() const {
    EXPECT_THAT(stored("images"), testing::ElementsAre(image_.id()));
    EXPECT_EQ(stored("layers").size(), 2U);
    EXPECT_TRUE(has_file("etc/one", "the first"));
    EXPECT_TRUE(has_file("etc/two", std::string(200'000, '2')));
    expect_nothing_unfinished();
  }
  void expect_nothing_unfinished() const {
    EXPECT_THAT(stored("staging"), IsEmpty());
    EXPECT_THAT(stored("trash"), IsEmpty());
  }
  void expect_nothing_stored() const {
    EXPECT_THAT(stored("images"), IsEmpty());
    EXPECT_THAT(stored("refs"), IsEmpty());
    expect_nothing_unfinished();
  }
  void expect_failure(const std::string& what) const {
    const Result result = pull({name()});
    EXPECT_EQ(result.status, 125) << result;
    EXPECT_THAT(result.err, HasSubstr(what));
    EXPECT_THAT(result.err, HasSubstr(server_->host()));
    EXPECT_EQ(result.out, "");
    expect_nothing_stored();
  }
  void expect_success() const {
    const Result result = pull({name()});
    EXPECT_EQ(result.status, 0) << result;
    EXPECT_EQ(result.line(), image_.id());
    expect_complete();
  }
  void wait_until_asked(const std::function<bool(const Asked&)>& is_meant) const {
    for (int tries = 1000; tries > 0 && server_->count(is_meant) == 0; --tries)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  // The second layer comes in twenty pieces, which takes two seconds.
  Reply slowly() const {
    return {.body = image_.layers[1].bytes,
            .claimed_length = {},
            .piece = image_.layers[1].bytes.size() / 20,
            .pause = std::chrono::milliseconds(100)};
  }

  std::optional<support::Authority> authority_;
  std::optional<support::Registry> server_;
  RegistryImage image_;
};

TEST_F(Pull, ByTagPrintsTheImageAndKeepsItsFiles) {
  const Result result = pull({name()});

  EXPECT_EQ(result.status, 0) << result;
  EXPECT_EQ(result.out, image_.id() + "\n");
  EXPECT_THAT(stored("refs"), testing::SizeIs(1));
  expect_complete();
}

TEST_F(Pull, QuietSaysNothingButTheImage) {
  const Result result = pull({"--quiet", name()});

  EXPECT_EQ(result.out, image_.id() + "\n");
  EXPECT_EQ(result.err, "");
}

TEST_F(Pull, ByDigestTakesNoTag) {
  const Result result = pull({server_->host() + "/team/app@" + image_.manifest.digest});

  EXPECT_EQ(result.status, 0) << result;
  EXPECT_EQ(result.line(), image_.id());
  EXPECT_EQ(server_->count([](const Asked& asked) { return asked.target.ends_with("/1"); }), 0U);
  expect_complete();
}

TEST_F(Pull, SecondPullBringsNoLayerAgain) {
  EXPECT_EQ(pull({name()}).status, 0);

  EXPECT_EQ(pull({name()}).status, 0);

  for (const support::Blob& one : image_.layers)
    EXPECT_EQ(server_->count(is_for(one)), 1U);
}

TEST_F(Pull, IndexGivesThisMachinesImage) {
  for (const ImageFormat format : {ImageFormat::Oci, ImageFormat::Docker}) {
    const RegistryImage ours = support::make_registry_image({layer("a", "ours")}, format);
    const RegistryImage strange =
        support::make_registry_image({layer("a", "strange")}, format, "s390x");
    server_->add(ours);
    server_->add(strange);
    server_->add_manifest(support::make_index({strange, ours}, format, true), "all");
    const std::string all = server_->host() + "/team/app:all";

    EXPECT_EQ(pull({all}).line(), ours.id());
    EXPECT_EQ(pull({"--platform", "linux/s390x", all}).line(), strange.id());

    const Result missing = pull({"--platform", "linux/riscv64", all});
    EXPECT_EQ(missing.status, 125);
    EXPECT_THAT(missing.err, HasSubstr("linux/s390x"));
  }
}

TEST_F(Pull, DockerRegistryWithLoginAndPrivateAuthority) {
  SKIP_FOR(support::why_no_docker_registry());
  fs::create_directory(root() + "/registry");
  support::DockerRegistry registry(root() + "/registry", *authority_, true);
  trust(registry.host());
  write_auth(registry.host(), "tester:a:secret");
  for (const ImageFormat format : {ImageFormat::Oci, ImageFormat::Docker}) {
    const std::string kind = format == ImageFormat::Oci ? "oci" : "docker";
    const RegistryImage image = support::make_registry_image({layer("kind", kind)}, format);
    const RegistryImage other =
        support::make_registry_image({layer("kind", kind)}, format, "s390x");
    registry.push("team/" + kind, "1", image);
    registry.push("team/" + kind, "", other);
    registry.push_manifest("team/" + kind, "all", support::make_index({other, image}, format));
    const std::string repository = registry.host() + "/team/" + kind;

    EXPECT_EQ(pull({repository + ":1"}).line(), image.id());
    EXPECT_EQ(pull({repository + "@" + image.manifest.digest}).line(), image.id());
    EXPECT_EQ(pull({repository + ":all"}).line(), image.id());
    EXPECT_EQ(pull({"-q", "-a", repository}).line(), image.id() + "\n" + image.id());
    EXPECT_TRUE(has_file("etc/kind", kind));
  }

  write_auth(registry.host(), "tester:wrong");
  const Result refused = pull({registry.host() + "/team/oci:1"});
  EXPECT_EQ(refused.status, 125);
  EXPECT_THAT(refused.err, HasSubstr("401 unauthorized"));
  EXPECT_THAT(refused.err, Not(HasSubstr("wrong")));
}

TEST_F(Pull, UnknownAuthorityIsNotTrusted) {
  fs::remove_all(root() + "/config/containers");

  expect_failure("certs.d/" + server_->host() + "/ca.crt");
  EXPECT_THAT(server_->asked(), IsEmpty());

  EXPECT_EQ(pull({"--tls-verify=false", name()}).status, 0);
}

TEST_F(Pull, MissingImageIsNamed) {
  EXPECT_THAT(pull({server_->host() + "/team/app:none"}).err, HasSubstr("team/app:none: 404"));
  EXPECT_EQ(pull({"Not A Name"}).status, 125);
  EXPECT_EQ(pull({"--policy", "never", name()}).status, 125);
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

TEST_F(Pull, ServerErrorsThatPassAreTriedAgain) {
  server_->tell(first(2, is_for(image_.layers[0]), refusal(503, "UNAVAILABLE", "later")));

  expect_success();
}

TEST_F(Pull, TooManyRequestsForASecondAreWaitedFor) {
  Reply lie = refusal(429, "TOOMANYREQUESTS", "slow down");
  lie.fields.emplace_back("Retry-After", "1");
  server_->tell(first(1, is_manifest, lie));

  expect_success();
}

TEST_F(Pull, BodyThatIsCutIsTakenUpAgain) {
  server_->tell(
      first(1, is_for(image_.layers[1]),
            {.body = image_.layers[1].bytes, .claimed_length = {}, .cut_after = 100'000}));

  expect_success();
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

// More often than a request is tried again; each time some more has come.
TEST_F(Pull, BodyThatIsCutEveryTimeComesInTheEnd) {
  std::minstd_rand random(3);
  std::string text(1'000'000, '\0');
  for (char& letter : text)
    letter = static_cast<char>(random());
  const RegistryImage large = support::make_registry_image({layer("large", text)});
  server_->add(large, "1");
  const std::string& bytes = large.layers[0].bytes;
  server_->tell([&](const Asked& asked) -> std::optional<Reply> {
    if (!is_for(large.layers[0])(asked)) return std::nullopt;
    const std::string range = asked.field("range");  // "bytes=N-"
    const std::size_t from = range.empty() ? 0 : std::stoul(range.substr(6));
    Reply reply{.body = bytes.substr(from), .claimed_length = {}, .cut_after = 100'000};
    if (from == 0) return reply;
    reply.status = 206;
    const std::string last = std::to_string(bytes.size() - 1);
    reply.fields.emplace_back("Content-Range", "bytes " + std::to_string(from) + "-" + last + "/" +
                                                   std::to_string(bytes.size()));
    return reply;
  });

  EXPECT_EQ(pull({name()}).line(), large.id());

  EXPECT_TRUE(has_file("etc/large", text));
  EXPECT_GT(server_->count(is_for(large.layers[0])), 9U);
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

TEST_F(Pull, TwoAtOnceDownloadOnce) {
  server_->tell(first(99, is_for(image_.layers[1]), slowly()));

  support::Program one(pull_words({name()}), start());
  support::Program two(pull_words({name()}), start());

  EXPECT_EQ(one.wait().line(), image_.id());
  EXPECT_EQ(two.wait().line(), image_.id());
  for (const support::Blob& blob : image_.layers)
    EXPECT_EQ(server_->count(is_for(blob)), 1U);
  expect_complete();
}

TEST_F(Pull, KilledPullIsCompletedByTheNext) {
  server_->tell(first(1, is_for(image_.layers[1]), slowly()));
  support::Program killed(pull_words({name()}), start());
  wait_until_asked(is_for(image_.layers[1]));

  killed.signal(SIGKILL);

  EXPECT_EQ(killed.wait().status, 128 + SIGKILL);
  EXPECT_THAT(stored("images"), IsEmpty());
  expect_success();
}

TEST_F(Pull, InterruptedPullLeavesNothing) {
  server_->tell(first(1, is_for(image_.layers[1]), slowly()));
  support::Program interrupted(pull_words({name()}), start());
  wait_until_asked(is_for(image_.layers[1]));

  interrupted.signal(SIGINT);

  EXPECT_EQ(interrupted.wait().status, 128 + SIGINT);
  expect_nothing_stored();
  EXPECT_TRUE(support::wait_for_no_descendants());
}

// Each answer is bad in another way, until one is good: cut, slow, refused, or not what was asked.
TEST_F(Pull, SurvivesALineThatCutsDelaysAndRefuses) {
  std::minstd_rand random(7);
  for (int round = 0; round < 2; ++round) {
    int troubles = 12;
    server_->tell([&](const Asked& asked) -> std::optional<Reply> {
      if (!asked.is_blob() || troubles-- <= 0 || random() % 4 == 0) return std::nullopt;
      if (random() % 3 == 0) return refusal(502, "UNKNOWN", "bad gateway");
      for (const support::Blob& one : image_.layers) {
        if (!is_for(one)(asked)) continue;
        Reply whole = {.body = one.bytes, .claimed_length = {}};  // whatever range was asked for
        whole.cut_after = random() % one.bytes.size();
        whole.piece = 997;
        whole.pause = std::chrono::milliseconds(random() % 2);
        return whole;
      }
      return std::nullopt;
    });

    const Result result = pull({"--retry", "20", name()});

    EXPECT_EQ(result.status, 0) << result;
    expect_complete();
    must({"rmi", "--all", "--force"});
  }
}

TEST_F(Pull, CompleteLayersOfAnInterruptedPullAreNotBroughtAgain) {
  server_->tell(first(1, is_for(image_.layers[1]), slowly()));
  support::Program interrupted(pull_words({name()}), start());
  wait_until_asked(is_for(image_.layers[1]));
  wait_until_asked(is_for(image_.layers[0]));
  interrupted.signal(SIGINT);
  EXPECT_EQ(interrupted.wait().status, 128 + SIGINT);
  expect_nothing_stored();

  expect_success();

  EXPECT_EQ(server_->count(is_for(image_.layers[0])), 1U);
}

TEST_F(Pull, CompleteLayersOfAPullThatFailedAreNotBroughtAgain) {
  server_->tell(first(4, is_for(image_.layers[1]), refusal(503, "UNAVAILABLE", "later")));
  EXPECT_EQ(pull({name()}).status, 125);

  expect_success();

  EXPECT_EQ(server_->count(is_for(image_.layers[0])), 1U);
}

TEST_F(Pull, ImageRuns) {
  const RegistryImage probe = support::make_registry_image({support::make_image_tar()});
  server_->add(probe, "probe");
  const std::string image = server_->host() + "/team/app:probe";

  EXPECT_EQ(must({"pull", "-q", image}), probe.id());
  EXPECT_EQ(must({"run", "--rm", "--network", "none", image, "probe", "print", "one"}), "one");
}

TEST_F(Pull, RunPullsWhatIsMissing) {
  const RegistryImage probe = support::make_registry_image({support::make_image_tar()});
  server_->add(probe, "probe");

  const Result result = pod({"run", "--rm", "--network", "none",
                             server_->host() + "/team/app:probe", "probe", "print", "one"});

  EXPECT_EQ(result.status, 0) << result;
  EXPECT_EQ(result.out, "one\n");
}

}  // namespace
