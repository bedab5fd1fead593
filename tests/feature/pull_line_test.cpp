// `pull`, over a line that is cut, slow or busy, and pulls that are interrupted.
#include "tests/feature/pull.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <csignal>
#include <random>

namespace {

using support::Asked;
using support::first;
using support::refusal;
using support::RegistryImage;
using support::Reply;
using support::Result;
using testing::IsEmpty;

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

}  // namespace
