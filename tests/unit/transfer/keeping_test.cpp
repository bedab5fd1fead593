#include "pkg/transfer/keeping.hpp"

#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "tests/unit/transfer/folder.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace {

using std::chrono::milliseconds;

// One download over a line of a known speed.
class Keeping : public ::testing::Test {
  static home::Home home_in(const std::string& folder) {
    home::Home home;
    home.data = folder;
    return home;
  }

 protected:
  Keeping() {
    layout_.prepare();
    line_.begin();
    keeping_.emplace(part_, line_, [this] { return has_room_; });
  }

  // A piece that takes so long to come.
  void receive(std::size_t bytes, milliseconds time) {
    now_ += time;
    line_.note(bytes);
    keeping_->take(std::string(bytes, 'x'));
    received_ += static_cast<std::int64_t>(bytes);
  }
  // The same many times.
  void receive_for(milliseconds all, std::size_t bytes, milliseconds time) {
    for (milliseconds passed(0); passed < all; passed += time)
      receive(bytes, time);
  }
  std::size_t files() const { return sys::list_dir(layout_.partial_blobs()).size(); }

  Folder folder_;
  home::Home home_ = home_in(folder_.path());
  storage::Layout layout_{home_};
  transfer::Line::Clock::time_point now_;
  transfer::Line line_{[this] { return now_; }};
  storage::PartialBlob part_{layout_, "sha256:0"};
  bool has_room_ = true;
  std::int64_t received_ = 0;
  std::optional<transfer::Keeping> keeping_;
};

}  // namespace

TEST_F(Keeping, OfASlowLineIsFromItsFirstByteOn) {
  receive(10, milliseconds(1));
  EXPECT_EQ(part_.size(), 0);

  receive_for(milliseconds(300), 100'000, milliseconds(10));

  EXPECT_EQ(part_.size(), received_);
  EXPECT_EQ(files(), 1U);
}

TEST_F(Keeping, IsNotForAFastLine) {
  receive_for(milliseconds(2000), 1'000'000, milliseconds(10));

  EXPECT_EQ(files(), 0U);
}

TEST_F(Keeping, IsNotForALineThatWaitsForUs) {
  for (int i = 0; i < 200; ++i) {
    receive(100'000, milliseconds(1));
    line_.stop();
    now_ += milliseconds(30);
    line_.go_on();
  }

  EXPECT_EQ(files(), 0U);
}

TEST_F(Keeping, CountsWhatComesOverAllDownloads) {
  for (int i = 0; i < 100; ++i) {
    line_.note(900'000);  // others
    receive(100'000, milliseconds(10));
  }

  EXPECT_EQ(files(), 0U);
}

TEST_F(Keeping, LeavesABeginningWhenTheLineBecomesFast) {
  receive_for(milliseconds(500), 10'000, milliseconds(10));
  receive_for(milliseconds(1500), 1'000'000, milliseconds(10));
  const std::int64_t kept = part_.size();

  receive_for(milliseconds(500), 1'000'000, milliseconds(10));

  EXPECT_GT(kept, 500'000);
  EXPECT_EQ(part_.size(), kept);
  EXPECT_LT(kept, received_);
}

TEST_F(Keeping, TakesNotTheLastOfTheDisk) {
  receive_for(milliseconds(300), 10'000, milliseconds(10));
  EXPECT_EQ(files(), 1U);
  has_room_ = false;

  receive_for(milliseconds(30'000), 100'000, milliseconds(10));

  EXPECT_EQ(files(), 0U);
}

TEST_F(Keeping, GivesUpInSilenceWhereNothingCanBeWritten) {
  sys::create_file(layout_.partial_blobs(), "in the way");

  receive_for(milliseconds(500), 10'000, milliseconds(10));

  EXPECT_EQ(part_.size(), 0);
}
