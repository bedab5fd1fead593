// `pull` that goes on where an earlier one was interrupted, within a layer.
#include "tests/support/home.hpp"
#include "tests/support/registry.hpp"
#include "tests/support/tar_text.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

namespace {

namespace fs = std::filesystem;

using support::Asked;
using support::Reply;
using support::Result;
using support::Words;
using testing::HasSubstr;
using testing::Not;

// What no compression makes smaller.
std::string noise(std::size_t size) {
  std::minstd_rand random(3);
  std::string text(size, ' ');
  for (char& letter : text)
    letter = static_cast<char>(random() >> 8U);
  return text;
}

class Resume : public support::Home {
 protected:
  void SetUp() override {
    Home::SetUp();
    server_.emplace(nullptr);
    image_ = support::make_registry_image({support::TarText().file("noise", noise(400'000)).end()});
    server_->add(image_, "1");
    name_ = server_->host() + "/team/app:1";
  }
  void TearDown() override {
    server_.reset();
    Home::TearDown();
  }

  const support::Blob& blob() const { return image_.layers.front(); }
  std::int64_t size() const { return static_cast<std::int64_t>(blob().bytes.size()); }
  std::string kept() const {
    std::string name = blob().digest;
    return data() + "/storage/partial/" + name.replace(name.find(':'), 1, "%3A");
  }
  std::int64_t kept_size() const {
    std::error_code failed;
    const auto size = fs::file_size(kept(), failed);
    return failed ? 0 : static_cast<std::int64_t>(size);
  }

  // The layer comes in forty pieces, which takes four seconds, the first time that it is asked for.
  void be_slow() {
    server_->tell(support::first(1, [this](const Asked& asked) { return is_layer(asked); },
                                 {.body = blob().bytes,
                                  .claimed_length = {},
                                  .piece = blob().bytes.size() / 40,
                                  .pause = std::chrono::milliseconds(100)}));
  }
  bool is_layer(const Asked& asked) const {
    return asked.target.ends_with("/blobs/" + blob().digest);
  }

  Words pull_words() const {
    return {support::transfer_program(), "pull", "--retry", "1", "--retry-delay", "10ms", name_};
  }
  Result pull() const { return support::run(pull_words(), start(), "", 60); }

  void wait_until_kept(std::int64_t bytes) const {
    for (int tries = 1000; tries > 0 && kept_size() < bytes; --tries)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }

  // Ends a slow pull when some of the layer is here.
  void interrupt_by(int signal) {
    be_slow();
    support::Program interrupted(pull_words(), start());
    wait_until_kept(size() / 4);
    interrupted.signal(signal);
    EXPECT_EQ(interrupted.wait().status, 128 + signal);
    EXPECT_GE(kept_size(), size() / 4);
    EXPECT_LT(kept_size(), size());
  }

  // Ranges of the layer that were asked for, in their order; "" is all of it.
  Words ranges() const {
    Words ranges;
    for (const Asked& asked : server_->asked()) {
      if (is_layer(asked)) ranges.push_back(asked.field("range"));
    }
    return ranges;
  }
  std::string rest_after(std::int64_t begin) const {
    return "bytes=" + std::to_string(begin) + "-" + std::to_string(size() - 1);
  }
  void expect_success(const Result& result) {
    EXPECT_EQ(result.status, 0) << result;
    EXPECT_EQ(result.line(), image_.id());
    EXPECT_FALSE(fs::exists(kept()));
    must({"system", "check"});
  }
  void expect_rest_is_brought() {
    const std::int64_t begin = kept_size();
    const Result result = pull();
    EXPECT_EQ(ranges(), (Words{"", rest_after(begin)}));
    EXPECT_THAT(result.err, HasSubstr("resumed at "));
    expect_success(result);
  }

  std::optional<support::Registry> server_;
  support::RegistryImage image_;
  std::string name_;
};

TEST_F(Resume, PullThatWasInterruptedGoesOnWhereItWas) {
  interrupt_by(SIGINT);

  expect_rest_is_brought();
}

TEST_F(Resume, PullThatWasKilledGoesOnWhereItWas) {
  interrupt_by(SIGKILL);

  expect_rest_is_brought();
}

TEST_F(Resume, PullThatLostItsRegistryGoesOnWhereItWas) {
  server_->tell([this, is_first = true](const Asked& asked) mutable -> std::optional<Reply> {
    if (!is_layer(asked)) return std::nullopt;
    if (!std::exchange(is_first, false)) return support::refusal(503, "UNAVAILABLE", "on fire");
    return Reply{.body = blob().bytes,
                 .claimed_length = {},
                 .cut_after = blob().bytes.size() / 2,
                 .piece = blob().bytes.size() / 40,
                 .pause = std::chrono::milliseconds(40)};
  });
  EXPECT_EQ(pull().status, 125);
  server_->tell({});
  const std::size_t before = ranges().size();

  const std::int64_t begin = kept_size();
  EXPECT_EQ(begin, size() / 2);
  expect_success(pull());

  EXPECT_EQ(ranges().size(), before + 1);
  EXPECT_EQ(ranges().back(), rest_after(begin));
}

TEST_F(Resume, PullMayBeInterruptedAgainAndAgain) {
  interrupt_by(SIGKILL);
  const std::int64_t first = kept_size();
  server_->tell([this](const Asked& asked) -> std::optional<Reply> {
    const std::string range = asked.field("range");
    if (!is_layer(asked) || range.empty()) return std::nullopt;
    const auto begin = static_cast<std::size_t>(std::atoll(range.c_str() + sizeof "bytes"));
    return Reply{.status = 206,
                 .fields = {{"Content-Range", "bytes " + range.substr(sizeof "bytes") + "/" +
                                                  std::to_string(size())}},
                 .body = blob().bytes.substr(begin),
                 .claimed_length = {},
                 .piece = blob().bytes.size() / 40,
                 .pause = std::chrono::milliseconds(100)};
  });
  support::Program again(pull_words(), start());
  wait_until_kept(first + size() / 8);
  again.signal(SIGTERM);
  EXPECT_EQ(again.wait().status, 128 + SIGTERM);
  server_->tell({});

  const std::int64_t second = kept_size();
  EXPECT_GE(second, first + size() / 8);
  expect_success(pull());

  EXPECT_EQ(ranges(), (Words{"", rest_after(first), rest_after(second)}));
}

TEST_F(Resume, RegistryWithoutRangesIsFineToo) {
  interrupt_by(SIGINT);
  server_->tell([this](const Asked& asked) -> std::optional<Reply> {
    if (!is_layer(asked)) return std::nullopt;
    return Reply{.body = blob().bytes, .claimed_length = {}};
  });

  expect_rest_is_brought();
}

TEST_F(Resume, WrongBytesAreBroughtAgainFromTheStart) {
  interrupt_by(SIGKILL);
  const std::int64_t begin = kept_size();
  {
    std::fstream file(kept(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(begin - 1000);
    file << std::string(1000, '\0');  // as after a crash of the machine
  }

  const Result result = pull();

  EXPECT_THAT(result.err, HasSubstr("what was kept of it is damaged; it is brought again"));
  EXPECT_EQ(ranges(), (Words{"", rest_after(begin), ""}));
  expect_success(result);
}

TEST_F(Resume, MoreBytesThanThereAreAreNotUsed) {
  fs::create_directories(data() + "/storage/partial");
  std::ofstream(kept()) << blob().bytes << "more";

  expect_success(pull());

  EXPECT_EQ(ranges(), Words{""});
}

TEST_F(Resume, WhatIsHereAsAWholeIsNotAskedFor) {
  fs::create_directories(data() + "/storage/partial");
  std::ofstream(kept()) << blob().bytes;

  expect_success(pull());

  EXPECT_EQ(ranges(), Words{});
}

TEST_F(Resume, WhatIsWrongAsAWholeIsBroughtAgain) {
  fs::create_directories(data() + "/storage/partial");
  std::ofstream(kept()) << std::string(blob().bytes.size(), 'x');

  expect_success(pull());

  EXPECT_EQ(ranges(), Words{""});
}

TEST_F(Resume, BlobOfWrongBytesIsNotKept) {
  std::string wrong = blob().bytes;
  wrong[wrong.size() / 2] ^= 1;
  server_->tell(support::first(9, [this](const Asked& asked) { return is_layer(asked); },
                               {.body = wrong,
                                .claimed_length = {},
                                .piece = wrong.size() / 10,
                                .pause = std::chrono::milliseconds(50)}));

  const Result result = pull();

  EXPECT_EQ(result.status, 125) << result;
  EXPECT_FALSE(fs::exists(kept()));
  EXPECT_EQ(ranges(), Words{""});
}

TEST_F(Resume, FailureOfUnpackingEndsTheDownload) {
  image_ = support::make_registry_image({noise(400'000)});
  server_->add(image_, "1");
  be_slow();

  const Result result = pull();

  EXPECT_EQ(result.status, 125) << result;
  EXPECT_FALSE(result.timed_out);
  EXPECT_FALSE(fs::exists(kept()));
}

TEST_F(Resume, FastLineKeepsNothing) {
  expect_success(pull());

  EXPECT_FALSE(fs::exists(data() + "/storage/partial"));
}

TEST_F(Resume, PullGoesOnWhereNothingCanBeKept) {
  fs::create_directories(data() + "/storage/partial");
  fs::create_symlink("/nowhere/at/all", kept());
  be_slow();

  const Result result = pull();

  expect_success(result);
  EXPECT_THAT(result.err, Not(HasSubstr("partial")));
}

TEST_F(Resume, WhatIsKeptIsReclaimedToTheBlock) {
  interrupt_by(SIGINT);
  const auto raw = [this](const std::string& field) {
    const std::string all = must({"system", "df", "--format", "{{.Type}} {{." + field + "}}"});
    return std::atoll(all.c_str() + all.find("Images ") + sizeof "Images");
  };
  const auto du = [this] {
    return std::atoll(must({"unshare", "du", "-s", "-B1", data() + "/storage"}).c_str());
  };
  const auto reclaimable = raw("RawReclaimable");
  const auto before = du();
  EXPECT_GE(reclaimable, kept_size());
  EXPECT_THAT(must({"system", "check"}), HasSubstr(kept()));

  must({"image", "prune", "--force"});

  EXPECT_EQ(before - du(), reclaimable);
  EXPECT_EQ(raw("RawSize"), 0);
  EXPECT_FALSE(fs::exists(kept()));
}

TEST_F(Resume, PruningLeavesWhatIsStillComing) {
  be_slow();
  support::Program pulling(pull_words(), start());
  wait_until_kept(size() / 4);

  must({"system", "prune", "--all", "--force"});

  EXPECT_GE(kept_size(), size() / 4);
  pulling.signal(SIGINT);
  pulling.wait();
  EXPECT_GE(kept_size(), size() / 4);
}

TEST_F(Resume, WhatIsKeptGoesAfterADay) {
  interrupt_by(SIGINT);
  fs::last_write_time(kept(), fs::file_time_type::clock::now() - std::chrono::hours(25));

  expect_success(pull());

  EXPECT_EQ(ranges(), (Words{"", ""}));
}

}  // namespace
