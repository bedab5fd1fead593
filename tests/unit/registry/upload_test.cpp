#include "pkg/base/base64.hpp"
#include "pkg/hash/sha256.hpp"
#include "tests/support/registry.hpp"
#include "tests/support/registry_docker.hpp"
#include "tests/unit/registry/registry_test.hpp"

#include <thread>
#include <vector>

namespace {

using registry::BlobOffer;
using registry::BlobOutcome;
using support::Asked;
using support::Blob;
using support::first;
using support::refusal;
using support::Reply;
using testing::ElementsAre;
using testing::HasSubstr;

std::string sample(std::size_t size) {
  std::string text;
  while (text.size() < size)
    text += "line " + std::to_string(text.size()) + "\n";
  return text.substr(0, size);
}

// A text a little at a time, with pauses in which there is nothing.
class Trickle : public registry::Outgoing {
 public:
  Trickle(std::string text, registry::Client& client) : text_(std::move(text)), client_(client) {}
  Trickle(const Trickle&) = delete;
  Trickle& operator=(const Trickle&) = delete;
  ~Trickle() override {
    if (waker_.joinable()) waker_.join();
  }

  std::optional<std::size_t> fill(std::span<char> buffer) override {
    if (++calls_ % 3 == 1) {
      if (waker_.joinable()) waker_.join();
      waker_ = std::thread([this] { client_.wake(); });
      return std::nullopt;
    }
    const std::size_t count = std::min({buffer.size(), text_.size() - at_, std::size_t{50'000}});
    std::copy_n(text_.data() + at_, count, buffer.data());
    at_ += count;
    return count;
  }
  oci::Digest digest() override { return oci::Digest::sha256(hash::sha256(text_)); }

 private:
  std::string text_;
  registry::Client& client_;
  std::size_t at_ = 0;
  int calls_ = 0;
  std::thread waker_;
};

bool is_method(const Asked& asked, const std::string& method) {
  return asked.method == method;
}
std::function<bool(const Asked&)> method(const std::string& name) {
  return [name](const Asked& asked) { return is_method(asked, name); };
}

class UploadTest : public RegistryTest {
 protected:
  UploadTest() : server_(&*authority_) {
    trust(server_.host());
    access_.is_for_push = true;
  }

  registry::Client app() { return client(server_.host() + "/team/app:1", access_); }
  BlobOffer offer(const std::string& text, registry::Client& to) {
    return {.name = "a layer",
            .known = {},
            .open =
                [this, text, &to] {
                  ++opened_;
                  return std::make_unique<Trickle>(text, to);
                },
            .bytes = {}};
  }
  // Of one blob; fails the test when it is not what the registry got.
  BlobOutcome send(const BlobOffer& offer, registry::Client& to) {
    return to.send({&offer, 1}, {}).front();
  }
  void expect_sent(const std::string& text) {
    registry::Client to = app();
    const BlobOutcome outcome = send(offer(text, to), to);
    EXPECT_EQ(outcome.how, BlobOutcome::How::Sent);
    EXPECT_EQ(outcome.digest.text(), "sha256:" + hash::sha256(text));
    EXPECT_EQ(outcome.size, static_cast<std::int64_t>(text.size()));
    const auto found = server_.find_blob(outcome.digest.text());
    ASSERT_TRUE(found);
    EXPECT_TRUE(found->bytes == text);
  }

  support::Registry server_;
  registry::Access access_ = quick();
  int opened_ = 0;
};

BlobOffer::Known known(const Blob& blob, std::vector<std::string> repositories = {}) {
  return {.blob = descriptor_of(blob), .repositories = std::move(repositories)};
}

TEST_F(UploadTest, BytesOfUnknownNumberArriveInChunks) {
  expect_sent(sample(700'001));

  std::vector<std::string> methods;
  for (const Asked& asked : server_.asked())
    methods.push_back(asked.method);
  EXPECT_THAT(methods, ElementsAre("POST", "PATCH", "PUT"));
  EXPECT_EQ(server_.asked()[1].field("transfer-encoding"), "chunked");
}

TEST_F(UploadTest, NothingIsABlobToo) {
  expect_sent("");
}

TEST_F(UploadTest, SmallOnesGoInOnePiece) {
  registry::Client to = app();
  const BlobOffer config = {.name = "config", .known = {}, .open = {}, .bytes = "{}"};

  EXPECT_EQ(send(config, to).how, BlobOutcome::How::Sent);

  EXPECT_EQ(server_.count(method("PATCH")), 0U);
  EXPECT_TRUE(server_.find_blob("sha256:" + hash::sha256("{}")));
}

TEST_F(UploadTest, WhatIsThereIsNotSent) {
  const Blob other = support::make_blob("x", "other");
  const Blob here = support::make_blob("x", "here");
  server_.add(here);
  registry::Client to = app();
  BlobOffer one = offer("here", to);
  one.known = {known(other), known(here)};

  const BlobOutcome outcome = send(one, to);

  EXPECT_EQ(outcome.how, BlobOutcome::How::Present);
  EXPECT_EQ(outcome.known, 1U);
  EXPECT_EQ(outcome.digest.text(), here.digest);
  EXPECT_EQ(server_.count(method("HEAD")), 2U);
  EXPECT_EQ(opened_, 0);
}

TEST_F(UploadTest, MountThatIsNotPossibleBecomesAnOrdinaryUpload) {
  const Blob blob = support::make_blob("x", sample(1000));
  registry::Client to = app();
  BlobOffer one = offer(blob.bytes, to);
  one.known = {known(blob, {"team/base"})};

  EXPECT_EQ(send(one, to).how, BlobOutcome::How::Sent);

  EXPECT_EQ(server_.count(method("POST")), 1U);
  EXPECT_TRUE(server_.has_seen("mount=sha256%3A" + blob.digest.substr(7) + "&from=team%2Fbase"));
  EXPECT_TRUE(server_.find_blob(blob.digest));
}

TEST_F(UploadTest, MountThatIsForbiddenIsNoError) {
  server_.tell(first(
      1, [](const Asked& asked) { return asked.target.find("mount=") != std::string::npos; },
      refusal(403, "DENIED", "not yours")));
  const Blob blob = support::make_blob("x", sample(1000));
  registry::Client to = app();
  BlobOffer one = offer(blob.bytes, to);
  one.known = {known(blob, {"secret/base"})};

  EXPECT_EQ(send(one, to).how, BlobOutcome::How::Sent);
  EXPECT_EQ(server_.count(method("POST")), 2U);
}

TEST_F(UploadTest, BrokenOffItBeginsAnew) {
  for (const char* step : {"POST", "PATCH", "PUT"}) {
    server_.tell(first(2, method(step), refusal(503, "UNAVAILABLE", "later")));
    expect_sent(sample(200'000) + step);
  }
  EXPECT_EQ(opened_, 7);
}

TEST_F(UploadTest, LostAnswerIsFoundOutByLooking) {
  const std::string text = sample(100'000);
  server_.add(support::make_blob("x", text));  // as if the PUT had come through
  server_.tell(first(1, method("PUT"), {.status = 502, .fields = {}, .claimed_length = {}}));
  registry::Client to = app();

  EXPECT_EQ(send(offer(text, to), to).how, BlobOutcome::How::Sent);
  EXPECT_EQ(opened_, 1);
}

TEST_F(UploadTest, SoonThereIsNoPatienceLeft) {
  server_.tell(first(100, method("PATCH"), refusal(500, "UNKNOWN", "the disk is full")));
  registry::Client to = app();

  EXPECT_THAT(error_of([&] { send(offer("text", to), to); }),
              HasSubstr("push team/app: a layer: 500 internal server error (the disk is full)"));
  EXPECT_EQ(opened_, 4);
}

TEST_F(UploadTest, PlaceMayBeOnAnotherHostWhichGetsNoCredentials) {
  support::Registry other(&*authority_);
  trust(server_.host());
  access_.creds = "me:hunter2";
  access_.cert_dir = home_.config + "/containers/certs.d/" + server_.host();
  const std::string basic = "Basic " + base::base64_encode("me:hunter2");
  server_.demand(basic, "Basic realm=\"x\"");
  // The other one knows of the upload because it was asked for one in the same way.
  registry::Client opener = client(other.host() + "/store/x:1", quick());
  server_.tell([&](const Asked& asked) -> std::optional<Reply> {
    if (asked.method != "POST" || asked.field("authorization").empty()) return std::nullopt;
    return Reply{.status = 202,
                 .fields = {{"Location", other.url() + "/v2/x/blobs/uploads/0?_state=a%3Db"}},
                 .claimed_length = {}};
  });
  other.tell([](const Asked& asked) -> std::optional<Reply> {
    if (asked.method == "PATCH") {
      return Reply{.status = 202,
                   .fields = {{"Location", "/v2/x/blobs/uploads/1?_state=c"}},
                   .claimed_length = {}};
    }
    return Reply{.status = 201, .fields = {}, .claimed_length = {}};
  });
  const std::string text = sample(5000);
  registry::Client to = app();

  EXPECT_EQ(send(offer(text, to), to).how, BlobOutcome::How::Sent);

  const std::vector<Asked> asked = other.asked();
  ASSERT_EQ(asked.size(), 2U);
  EXPECT_EQ(asked[0].body, text);
  EXPECT_THAT(asked[1].target, HasSubstr("/v2/x/blobs/uploads/1?_state=c&digest=sha256%3A"));
  for (const Asked& one : asked)
    EXPECT_EQ(one.field("authorization"), "");
}

TEST_F(UploadTest, PlaceWithoutTlsElsewhereIsRefused) {
  server_.tell(first(1, method("POST"),
                     {.status = 202,
                      .fields = {{"Location", "http://elsewhere.example/put"}},
                      .claimed_length = {}}));
  registry::Client to = app();

  EXPECT_THAT(error_of([&] { send(offer("text", to), to); }),
              HasSubstr("it leads to http://elsewhere.example, where we do not go"));
}

TEST_F(UploadTest, HttpOfTheSameHostMeansHttps) {
  server_.tell(
      first(1, method("POST"),
            {.status = 202,
             .fields = {{"Location", "http://" + server_.host() + "/v2/team/app/blobs/uploads/7"}},
             .claimed_length = {}}));
  registry::Client to = app();
  error_of([&] { send(offer("text", to), to); });

  EXPECT_EQ(server_.count(
                [](const Asked& asked) { return asked.target == "/v2/team/app/blobs/uploads/7"; }),
            1U);
}

TEST_F(UploadTest, ManyAtOnceAllArrive) {
  registry::Client to = app();
  std::vector<BlobOffer> offers;
  for (int i = 0; i < 20; ++i)
    offers.push_back(offer(sample(30'000) + std::to_string(i), to));
  std::int64_t told = 0;

  const auto outcomes = to.send(offers, [&](std::span<const registry::BlobSending> state) {
    told = 0;
    for (const auto& one : state)
      told += one.sent;
  });

  EXPECT_EQ(outcomes.size(), 20U);
  for (int i = 0; i < 20; ++i)
    EXPECT_TRUE(server_.find_blob("sha256:" + hash::sha256(sample(30'000) + std::to_string(i))));
  EXPECT_GE(told, 20 * 30'000);
}

TEST_F(UploadTest, ManyAtOnceAllFindOutThatThereIsNoTls) {
  support::Registry plain(nullptr);
  registry::Client to = client(plain.host() + "/team/app:1", access_);
  const std::vector<BlobOffer> offers = {offer("one", to), offer("two", to), offer("three", to)};

  EXPECT_EQ(to.send(offers, {}).size(), 3U);
}

TEST_F(UploadTest, TokenIsForPushAndForTheNeighboursAndIsRenewedOnTheWay) {
  support::Registry tokens(&*authority_);
  int served = 0;
  tokens.tell([&](const Asked& asked) -> std::optional<Reply> {
    if (!asked.target.starts_with("/token")) return std::nullopt;
    return Reply{.body = R"({"token":"t)" + std::to_string(++served) + R"("})",
                 .claimed_length = {}};
  });
  bool is_expired = false;
  server_.tell([&](const Asked& asked) -> std::optional<Reply> {
    is_expired = is_expired || asked.method == "PATCH";
    if (asked.field("authorization") == (is_expired ? "Bearer t2" : "Bearer t1")) return {};
    Reply reply = refusal(401, "UNAUTHORIZED", "authentication required");
    reply.fields.emplace_back("WWW-Authenticate",
                              "Bearer realm=\"" + tokens.url() + "/token\",service=\"s\"");
    return reply;
  });
  access_.cert_dir = home_.config + "/containers/certs.d/" + server_.host();
  access_.also_read = {"team/base"};

  expect_sent(sample(100'000));

  EXPECT_EQ(opened_, 2);
  ASSERT_EQ(tokens.asked().size(), 2U);
  EXPECT_THAT(tokens.asked()[0].target,
              HasSubstr("scope=repository%3Ateam%2Fapp%3Apull%2Cpush&scope=repository%3Ateam%2F"
                        "base%3Apull"));
}

TEST_F(UploadTest, ManifestIsPutAsItIs) {
  registry::Client to = app();
  const Blob manifest =
      support::make_blob("application/vnd.oci.image.manifest.v1+json", "{\"a\":1}");

  to.put_manifest("1", {.bytes = manifest.bytes, .media_type = manifest.media_type});
  to.put_manifest(manifest.digest, {.bytes = manifest.bytes, .media_type = manifest.media_type});

  ASSERT_TRUE(server_.find_manifest("1"));
  EXPECT_EQ(server_.find_manifest("1")->bytes, manifest.bytes);
  EXPECT_EQ(server_.find_manifest("1")->media_type, manifest.media_type);
}

TEST_F(UploadTest, ManifestThatIsNotTakenIsSaidSo) {
  server_.tell(first(1, method("PUT"), refusal(415, "UNSUPPORTED", "no oci here")));
  registry::Client to = app();

  EXPECT_THROW(to.put_manifest("1", {.bytes = "{}", .media_type = "x"}), registry::RefusedManifest);
}

TEST_F(UploadTest, ManifestIsTriedAgainAndItsDigestLookedAt) {
  server_.tell(first(1, method("PUT"), {.status = 500, .fields = {}, .claimed_length = {}}));
  registry::Client to = app();
  to.put_manifest("1", {.bytes = "{}", .media_type = "x"});
  EXPECT_EQ(server_.count(method("PUT")), 2U);

  server_.tell(first(1, method("PUT"),
                     {.status = 201,
                      .fields = {{"Docker-Content-Digest", "sha256:" + std::string(64, '0')}},
                      .claimed_length = {}}));
  EXPECT_THAT(error_of([&] { to.put_manifest("2", {.bytes = "{}", .media_type = "x"}); }),
              HasSubstr("the registry says it got sha256:000"));
}

// The registry that everybody runs.
TEST_F(UploadTest, DockersRegistryTakesBlobsAndMountsThem) {
  if (const auto why = support::why_no_docker_registry(); !why.empty()) GTEST_SKIP() << why;
  support::DockerRegistry docker(folder_ + "/registry", *authority_, true);
  trust(docker.host());
  access_.creds =
      std::string(support::DockerRegistry::kUser) + ":" + support::DockerRegistry::kPassword;
  const std::string text = sample(3'000'000);
  const Blob blob = support::make_blob("x", text);
  registry::Client base = client(docker.host() + "/team/base:1", access_);
  registry::Client app = client(docker.host() + "/team/app:1", access_);

  EXPECT_EQ(send(offer(text, base), base).how, BlobOutcome::How::Sent);
  BlobOffer one = offer(text, app);
  one.known = {known(blob, {"team/nothing", "team/base"})};
  EXPECT_EQ(send(one, app).how, BlobOutcome::How::Mounted);
  EXPECT_EQ(send(one, app).how, BlobOutcome::How::Present);
  EXPECT_EQ(app.blob(descriptor_of(support::make_blob("x", text))), text);
}

}  // namespace
