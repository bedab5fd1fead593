#include "pkg/base/base64.hpp"
#include "pkg/base/error.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "tests/support/registry.hpp"
#include "tests/unit/registry/registry_test.hpp"

#include <chrono>
#include <memory>
#include <thread>
#include <vector>

namespace {

using support::Asked;
using support::first;
using support::refusal;
using support::Reply;
using testing::HasSubstr;
using testing::Not;

bool is_blob(const Asked& asked) {
  return asked.is_blob();
}
bool is_manifest(const Asked& asked) {
  return asked.is_manifest();
}

// A big blob whose bytes all differ by place.
std::string big(std::size_t size) {
  std::string bytes;
  while (bytes.size() < size)
    bytes += std::to_string(bytes.size()) + " ";
  bytes.resize(size);
  return bytes;
}

class ClientTest : public RegistryTest {
 protected:
  ClientTest() : server_(&*authority_) {
    trust(server_.host());
    image_ = support::make_registry_image({"a layer", "another layer"});
    server_.add(image_, "1");
    big_ = support::make_blob("application/octet-stream", big(3U << 20U));
    server_.add(big_);
  }

  registry::Client client(registry::Access access = quick()) const {
    return RegistryTest::client(server_.host() + "/team/app:1", std::move(access));
  }
  std::string fetch(const support::Blob& blob, registry::Access access = quick()) const {
    Collector collector;
    const registry::BlobRequest request = {.blob = descriptor_of(blob), .sink = &collector};
    client(std::move(access)).fetch({&request, 1}, {});
    EXPECT_EQ(collector.finished, 1);
    return collector.bytes;
  }

  support::Registry server_;
  support::RegistryImage image_;
  support::Blob big_;
};

TEST_F(ClientTest, GetsAManifestByTagAndByDigest) {
  registry::Client app = client();

  const registry::Document by_tag = app.manifest("1");
  const registry::Document by_digest = app.manifest(image_.manifest.digest);

  EXPECT_EQ(by_tag.bytes, image_.manifest.bytes);
  EXPECT_EQ(by_tag.media_type, "application/vnd.oci.image.manifest.v1+json");
  EXPECT_EQ(by_digest.bytes, image_.manifest.bytes);
  const std::string accept = server_.asked().front().field("accept");
  EXPECT_NE(accept, "");
}

TEST_F(ClientTest, MediaTypeComesWithoutParameters) {
  server_.tell(first(1, is_manifest,
                     {.fields = {{"Content-Type", "Application/JSON; charset=x"}},
                      .body = "{}",
                      .claimed_length = {}}));

  EXPECT_EQ(client().manifest("1").media_type, "application/json");
}

TEST_F(ClientTest, MissingManifestNamesRegistryAndObject) {
  EXPECT_EQ(error_of([&] { client().manifest("2"); }),
            "registry " + server_.host() + ": pull team/app:2: 404 not found (manifest unknown)");
  EXPECT_EQ(server_.asked().size(), 1U);
}

TEST_F(ClientTest, RefusesAManifestOfAnotherDigest) {
  server_.tell(first(9, is_manifest, {.body = "{}", .claimed_length = {}}));

  EXPECT_THAT(error_of([&] { client().manifest(image_.manifest.digest); }),
              HasSubstr("wrong content: its digest is sha256:44136fa355b3"));
}

TEST_F(ClientTest, RefusesAnEndlessManifest) {
  server_.tell(first(9, is_manifest, {.body = std::string(5U << 20U, ' '), .claimed_length = {}}));

  EXPECT_THAT(error_of([&] { client().manifest("1"); }), HasSubstr("longer than 4194304 bytes"));
}

TEST_F(ClientTest, RefusesASmallBlobOfAnotherDigestAndABigOne) {
  EXPECT_EQ(client().blob(descriptor_of(image_.config)), image_.config.bytes);

  support::Blob wrong = image_.config;
  wrong.bytes[0] = ' ';
  server_.add(wrong);
  EXPECT_THAT(error_of([&] { client().blob(descriptor_of(image_.config)); }),
              HasSubstr("wrong content"));
  oci::Descriptor huge = descriptor_of(big_);
  huge.size = 5 << 20;
  EXPECT_THAT(error_of([&] { client().blob(huge); }), HasSubstr("5242880"));
}

TEST_F(ClientTest, FetchesManyBlobsAtOnce) {
  std::vector<support::Blob> blobs;
  for (int i = 0; i < 20; ++i)
    blobs.push_back(support::make_blob("x", big(100'000) + std::to_string(i)));
  std::vector<std::unique_ptr<Collector>> collectors;
  std::vector<registry::BlobRequest> requests;
  for (const support::Blob& blob : blobs) {
    server_.add(blob);
    collectors.push_back(std::make_unique<Collector>());
    requests.push_back({.blob = descriptor_of(blob), .sink = collectors.back().get()});
  }
  int ticks = 0;

  client().fetch(requests, [&ticks] { ++ticks; });

  for (std::size_t i = 0; i < blobs.size(); ++i) {
    EXPECT_EQ(collectors[i]->bytes, blobs[i].bytes);
    EXPECT_EQ(collectors[i]->finished, 1);
  }
  EXPECT_GT(ticks, 0);
}

TEST_F(ClientTest, OffersBytesAgainAfterAWake) {
  Collector collector;
  collector.has_room = false;
  const registry::BlobRequest request = {.blob = descriptor_of(big_), .sink = &collector};
  registry::Client app = client();
  std::thread worker([&] {
    while (collector.refused == 0)
      std::this_thread::yield();
    // Longer than the stall detector's patience: having no room is no stall.
    std::this_thread::sleep_for(std::chrono::milliseconds(700));
    collector.has_room = true;
    app.wake();
  });

  app.fetch({&request, 1}, {});
  worker.join();

  EXPECT_EQ(collector.bytes, big_.bytes);
  EXPECT_EQ(collector.refused, 1);
  EXPECT_EQ(server_.count(is_blob), 1U);
}

TEST_F(ClientTest, ErrorOfASinkEndsTheFetch) {
  class Full : public registry::Sink {
    bool accept(std::string_view) override { throw base::Error("disk full"); }
    void finish() override {}
  };
  Full full;
  const registry::BlobRequest request = {.blob = descriptor_of(big_), .sink = &full};

  EXPECT_EQ(error_of([&] { client().fetch({&request, 1}, {}); }), "disk full");
}

TEST_F(ClientTest, ErrorOfATickEndsTheFetch) {
  Collector collector;
  const registry::BlobRequest request = {.blob = descriptor_of(big_), .sink = &collector};

  EXPECT_EQ(error_of([&] {
              client().fetch({&request, 1}, [] { throw base::Error("interrupted"); });
            }),
            "interrupted");
}

TEST_F(ClientTest, TakesUpABrokenBodyWhereItBroke) {
  server_.tell(
      first(1, is_blob, {.body = big_.bytes, .claimed_length = {}, .cut_after = 1'000'000}));

  EXPECT_EQ(fetch(big_), big_.bytes);

  const std::vector<Asked> asked = server_.asked();
  ASSERT_EQ(asked.size(), 2U);
  EXPECT_THAT(asked[1].field("range"), testing::StartsWith("bytes="));
}

TEST_F(ClientTest, TakesTheWholeBodyAgainWhenThereAreNoRanges) {
  server_.tell([this, times = 0](const Asked&) mutable -> std::optional<Reply> {
    const std::size_t cut = times++ == 0 ? 2'000'000 : big_.bytes.size();
    return Reply{.body = big_.bytes, .claimed_length = {}, .cut_after = cut};
  });

  EXPECT_EQ(fetch(big_), big_.bytes);
  EXPECT_EQ(server_.asked().size(), 2U);
}

TEST_F(ClientTest, RefusesAnotherRangeThanItAskedFor) {
  server_.tell([this, times = 0](const Asked&) mutable -> std::optional<Reply> {
    if (times++ == 0)
      return Reply{.body = big_.bytes, .claimed_length = {}, .cut_after = 2'000'000};
    return Reply{.status = 206,
                 .fields = {{"Content-Range", "bytes 0-3145727/3145728"}},
                 .body = big_.bytes,
                 .claimed_length = {}};
  });

  EXPECT_THAT(error_of([&] { fetch(big_); }), HasSubstr("another range came"));
}

TEST_F(ClientTest, BodyThatIsAlwaysShortIsAnErrorWithNumbers) {
  server_.tell(first(99, is_blob, {.body = "short", .claimed_length = {}}));

  EXPECT_EQ(error_of([&] { fetch(image_.layers[0]); }),
            "registry " + server_.host() + ": pull team/app: blob " + image_.layers[0].digest +
                ": only 5 are offered (0 of " + std::to_string(image_.layers[0].bytes.size()) +
                " bytes are here)");
  EXPECT_EQ(server_.asked().size(), 4U);
}

TEST_F(ClientTest, BodyThatIsLongerThanPromisedIsRefusedAtOnce) {
  server_.tell(first(99, is_blob, {.body = std::string(1000, 'x'), .claimed_length = {}}));

  EXPECT_THAT(error_of([&] { fetch(image_.layers[0]); }), HasSubstr("offers 1000 bytes"));
  EXPECT_EQ(server_.asked().size(), 1U);
}

TEST_F(ClientTest, ServerErrorsAreTriedAgain) {
  server_.tell(first(2, is_manifest, refusal(503, "UNAVAILABLE", "later")));

  EXPECT_EQ(client().manifest("1").bytes, image_.manifest.bytes);
  EXPECT_EQ(server_.asked().size(), 3U);
}

TEST_F(ClientTest, ServerErrorsForGoodAreAnError) {
  server_.tell(first(99, is_manifest, refusal(500, "UNKNOWN", "disk on fire")));

  EXPECT_THAT(error_of([&] { client().manifest("1"); }),
              testing::EndsWith("500 internal server error (disk on fire)"));
  EXPECT_EQ(server_.asked().size(), 4U);
}

TEST_F(ClientTest, TooManyRequestsWaitsAsLongAsItIsTold) {
  Reply slow_down = refusal(429, "TOOMANYREQUESTS", "slow down");
  slow_down.fields.emplace_back("Retry-After", "1");
  server_.tell(first(1, is_blob, slow_down));
  const auto start = std::chrono::steady_clock::now();

  EXPECT_EQ(fetch(image_.layers[0]), image_.layers[0].bytes);

  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
}

TEST_F(ClientTest, TooManyRequestsForAnHourIsAnErrorAtOnce) {
  Reply slow_down = refusal(429, "TOOMANYREQUESTS", "slow down");
  slow_down.fields.emplace_back("Retry-After", "3600");
  server_.tell(first(99, is_manifest, slow_down));

  EXPECT_THAT(error_of([&] { client().manifest("1"); }),
              HasSubstr("429 too many requests (slow down): wait, or log in with `pod login"));
  EXPECT_EQ(server_.asked().size(), 1U);
}

TEST_F(ClientTest, StallIsBrokenOffAndTakenUpAgain) {
  server_.tell(first(1, is_blob,
                     {.body = big_.bytes,
                      .claimed_length = {},
                      .piece = 1 << 16,
                      .pause = std::chrono::milliseconds(1500)}));

  EXPECT_EQ(fetch(big_), big_.bytes);
  EXPECT_EQ(server_.count(is_blob), 2U);
}

// 1.5 KiB/s, in lumps, for three times as long as a line without bytes is put up with.
TEST_F(ClientTest, LineThatTricklesIsNotCut) {
  registry::Access patient = quick();
  patient.patience.stall = std::chrono::milliseconds(1000);
  const support::Blob slow =
      support::make_blob("application/octet-stream", big_.bytes.substr(0, 4500));
  server_.add(slow);
  server_.tell(first(1, is_blob,
                     {.body = slow.bytes,
                      .claimed_length = {},
                      .piece = 900,
                      .pause = std::chrono::milliseconds(600)}));
  Collector collector;
  const registry::BlobRequest request = {.blob = descriptor_of(slow), .sink = &collector};

  client(patient).fetch({&request, 1}, {});

  EXPECT_EQ(collector.bytes, slow.bytes);
  EXPECT_EQ(server_.count(is_blob), 1U);
}

TEST_F(ClientTest, OnlyWhatIsMissingIsAskedFor) {
  Collector collector;
  const registry::BlobRequest request = {
      .blob = descriptor_of(big_), .sink = &collector, .begin = 1000};

  client().fetch({&request, 1}, {});

  EXPECT_EQ(collector.bytes, big_.bytes.substr(1000));
  EXPECT_EQ(collector.finished, 1);
  ASSERT_EQ(server_.count(is_blob), 1U);
  EXPECT_EQ(server_.asked().back().field("range"),
            "bytes=1000-" + std::to_string(big_.bytes.size() - 1));
}

TEST_F(ClientTest, NothingIsAskedForWhenNothingIsMissing) {
  Collector collector;
  const registry::BlobRequest request = {.blob = descriptor_of(big_),
                                         .sink = &collector,
                                         .begin = static_cast<std::int64_t>(big_.bytes.size())};

  client().fetch({&request, 1}, {});

  EXPECT_EQ(collector.bytes, "");
  EXPECT_EQ(collector.finished, 1);
  EXPECT_EQ(server_.count(is_blob), 0U);
}

TEST_F(ClientTest, RegistryWithoutRangesSendsAllAndTheBeginningIsSkipped) {
  for (const int status : {200, 416}) {
    server_.tell([&](const Asked& asked) -> std::optional<Reply> {
      if (!asked.is_blob()) return std::nullopt;
      if (status == 416 && !asked.field("range").empty()) return refusal(416, "RANGE", "no");
      return Reply{.body = big_.bytes, .claimed_length = {}};
    });
    Collector collector;
    const registry::BlobRequest request = {
        .blob = descriptor_of(big_), .sink = &collector, .begin = 1000};

    client().fetch({&request, 1}, {});

    EXPECT_EQ(collector.bytes, big_.bytes.substr(1000)) << status;
  }
}

TEST_F(ClientTest, ServerThatIsNotThereIsAnErrorAtOnce) {
  EXPECT_EQ(error_of([&] { RegistryTest::client("localhost:1/a:1").manifest("1"); }),
            "registry localhost:1: pull a:1: cannot connect: connection refused");
}

}  // namespace
