// Commands that change the store are killed at any moment. What images there are is whole, what was
// there and was not to go is there, and the next prune leaves nothing of what was begun. In the
// tests few rounds; POD_TEST_KILLS=500 makes many.
#include "tests/support/home.hpp"
#include "tests/support/registry.hpp"
#include "tests/support/tar_text.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <thread>

namespace fs = std::filesystem;
using support::Words;
using ::testing::IsEmpty;

namespace {

class Killed : public support::Home {
 protected:
  void SetUp() override {
    Home::SetUp();
    registry_.emplace(nullptr);
    registry_->add(support::make_registry_image({layer("base"), layer("kept")}), "kept");
    registry_->add(support::make_registry_image({layer("base"), layer("one"), layer("two")}), "a");
    registry_->add(support::make_registry_image({layer("base"), layer("two")}), "b");
    must({"pull", "--quiet", "--tls-verify=false", name("kept")});
    archive_ = write("archive.tar", layer("imported"));
  }
  void TearDown() override {
    registry_.reset();
    Home::TearDown();
  }

  static std::string layer(const std::string& name) {
    support::TarText tar;
    for (int i = 0; i < 300; ++i)
      tar.file(name + "/" + std::to_string(i), std::string(3000, name.front()));
    return tar.end();
  }
  std::string name(const std::string& tag) const { return registry_->host() + "/image:" + tag; }

  // Any command, killed after a moment.
  void kill_one() {
    const Words commands[] = {{"pull", "--quiet", "--tls-verify=false", name("a")},
                              {"pull", "--quiet", "--tls-verify=false", name("b")},
                              {"import", "--quiet", archive_, "localhost/imported"},
                              {"rmi", "--force", name("a")},
                              {"rmi", "--force", name("b")},
                              {"system", "prune", "--force"},
                              {"run", "--rm", "--network", "none", name("b"), "nothing"}};
    const Words& words = commands[random_() % std::size(commands)];
    support::Program program(this->words(words), start());
    const int moment = static_cast<int>(random_() % 120);
    std::this_thread::sleep_for(std::chrono::milliseconds(moment));
    program.signal(SIGKILL);
    program.wait();
  }

  std::optional<support::Registry> registry_;
  std::string archive_;
  std::mt19937 random_{20260101};
};

Words names_in(const std::string& folder) {
  Words names;
  for (const auto& entry : fs::directory_iterator(folder))
    names.push_back(entry.path().filename());
  return names;
}

}  // namespace

TEST_F(Killed, LeavesNoHalfImageLosesNoneAndNothingStays) {
  const char* wish = std::getenv("POD_TEST_KILLS");
  const int rounds = wish != nullptr ? std::atoi(wish) : 15;
  for (int round = 0; round < rounds; ++round) {
    kill_one();
    const auto check = pod({"system", "check", "--quick"});
    ASSERT_EQ(check.status, 0) << "round " << round << ": " << check;
    ASSERT_EQ(pod({"image", "exists", name("kept")}).status, 0) << "round " << round;
  }

  must({"system", "prune", "--force"});

  EXPECT_EQ(must({"system", "check"}), "");
  EXPECT_THAT(names_in(data() + "/storage/locks"), IsEmpty());
  expect_nothing_left();
  for (const char* tag : {"a", "b"})
    must({"pull", "--quiet", "--tls-verify=false", name(tag)});
  EXPECT_EQ(must({"system", "check"}), "");
}
