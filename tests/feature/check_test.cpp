// system check: what it finds, what its repair takes away, and how a pull brings that back.
#include "pkg/sys/lock.hpp"
#include "tests/support/home.hpp"
#include "tests/support/registry.hpp"
#include "tests/support/tar_text.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

namespace fs = std::filesystem;
using support::Asked;
using ::testing::HasSubstr;

namespace {

class Check : public support::Home {
 protected:
  void SetUp() override {
    Home::SetUp();
    registry_.emplace(nullptr);
    const auto layer = [](const std::string& name) {
      return support::TarText()
          .directory("etc")
          .file("etc/" + name, std::string(10'000, name.front()))
          .symlink("etc/link", name)
          .hardlink("etc/again-" + name, "etc/" + name)
          .end();
    };
    image_ = support::make_registry_image({layer("one"), layer("two")});
    registry_->add(*image_, "1");
    name_ = registry_->host() + "/image:1";
    pull();
    upper_ = must({"image", "inspect", "--format", "{{index .RootFS.Layers 1}}", name_});
    for (const auto& folder : fs::directory_iterator(data() + "/storage/layers")) {
      if (fs::exists(folder.path() / "root/etc/two")) layer_ = folder.path();
    }
    ASSERT_NE(layer_, "");
  }
  void TearDown() override {
    registry_.reset();
    Home::TearDown();
  }

  void pull() { must({"pull", "--quiet", "--tls-verify=false", name_}); }
  std::size_t fetched(std::size_t layer) {
    return registry_->count([&](const Asked& asked) {
      return asked.target.find(image_->layers[layer].digest) != std::string::npos;
    });
  }
  // With the rights to change the files of a layer.
  void shell(const std::string& script) { must({"unshare", "sh", "-c", script}); }

  std::optional<support::Registry> registry_;
  std::optional<support::RegistryImage> image_;
  std::string name_;
  std::string upper_;
  std::string layer_;
};

}  // namespace

TEST_F(Check, SaysNothingOfASoundStore) {
  EXPECT_EQ(must({"system", "check"}), "");
  EXPECT_EQ(must({"system", "check", "--quick"}), "");
}

TEST_F(Check, FindsWhatIsNotAsItWas) {
  const std::pair<const char*, const char*> cases[] = {
      {"rm root/etc/link", "/etc/link: it is missing"},
      {"chmod 600 root/etc/two", "/etc/two: its mode is 600, not 644"},
      {"truncate -s 5 root/etc/two", "/etc/two: its size is 5, not 10000"},
      {"echo > root/etc/more", "/etc/more: it is not of this layer"},
      {"ln -sf other root/etc/link", "/etc/link: it leads elsewhere"},
      {"cp -a root/etc/two x && mv x root/etc/two", "it is no hard link any more"},
      {"rm -r root", "its files are missing"},
      {"echo { > layer.json", "Damaged layer "},
      {"rm outline.zst", "its outline is missing"},
  };
  shell("cp -a " + layer_ + " " + root() + "/saved");
  for (const auto& [script, fault] : cases) {
    shell("cd " + layer_ + " && " + script);

    const auto result = pod({"system", "check", "--quick"});

    EXPECT_EQ(result.status, 125) << script << result;
    EXPECT_THAT(result.out, HasSubstr(fault)) << script;
    EXPECT_THAT(result.out, HasSubstr("Damaged image " + image_->id())) << script;
    shell("rm -rf " + layer_ + " && cp -a " + root() + "/saved " + layer_);
  }
  EXPECT_EQ(must({"system", "check"}), "");
  shell("rm -rf " + root() + "/saved");
}

TEST_F(Check, FindsOtherContentsOfTheSameSizeAndTime) {
  const std::string file = layer_ + "/root/etc/two";
  shell("touch -r " + file + " /tmp/$$ && printf x | dd of=" + file +
        " conv=notrunc 2>/dev/null && touch -r /tmp/$$ " + file + " && rm /tmp/$$");

  EXPECT_EQ(must({"system", "check", "--quick"}), "");
  const auto result = pod({"system", "check"});

  EXPECT_EQ(result.status, 125) << result;
  EXPECT_THAT(result.out, HasSubstr("its files are not what they were"));
}

TEST_F(Check, RepairTakesAwayWhatAPullBringsBack) {
  shell("chmod 600 " + layer_ + "/root/etc/two");

  const auto repaired = pod({"system", "check", "--repair"});
  EXPECT_EQ(repaired.status, 0) << repaired;
  EXPECT_THAT(repaired.out, HasSubstr("Deleted damaged image: " + image_->id()));
  EXPECT_EQ(must({"images", "-q"}), "");
  pull();

  EXPECT_EQ(must({"system", "check"}), "");
  EXPECT_EQ(must({"images", "-q"}).size(), 12U);
}

TEST_F(Check, ARepairedLayerAloneIsFetchedAndContainersStay) {
  must({"tag", name_, "other:2"});
  const std::string id = must({"create", "--network", "none", name_, "x"});
  shell("rm " + layer_ + "/root/etc/two");
  const std::size_t before = fetched(0);

  EXPECT_EQ(pod({"system", "check", "--repair"}).status, 125);
  EXPECT_FALSE(fs::exists(layer_));
  pull();

  EXPECT_EQ(must({"system", "check"}), "");
  EXPECT_EQ(fetched(0), before);
  EXPECT_EQ(fetched(1), 2U);
  EXPECT_EQ(must({"ps", "-aq", "--no-trunc"}), id);
  EXPECT_EQ(pod({"image", "exists", "other:2"}).status, 0);
}

TEST_F(Check, ForceRemovesContainersAsWell) {
  must({"create", "--network", "none", name_, "x"});
  shell("rm " + layer_ + "/root/etc/two");

  EXPECT_EQ(pod({"system", "check", "--force"}).status, 0);

  EXPECT_EQ(must({"ps", "-aq"}), "");
  EXPECT_EQ(must({"images", "-q"}), "");
}

TEST_F(Check, APullRepairsAnImageThatLacksALayer) {
  for (const char* script : {"rm -r .", "rm -r root", "echo { > layer.json"}) {
    shell("cd " + layer_ + " && " + script + " 2>/dev/null; rmdir " + layer_ + " 2>/dev/null; :");

    must({"pull", "--quiet", "--tls-verify=false", "--policy=missing", name_});
    pull();

    EXPECT_EQ(must({"system", "check"}), "") << script;
  }
}

TEST_F(Check, APullWaitsAsleepForWhoHasADamagedLayer) {
  shell("rm -r " + layer_ + "/root");
  auto user = sys::Lock::try_take(layer_, sys::Lock::Mode::Shared);
  ASSERT_TRUE(user);
  support::Program pull(words({"pull", "--quiet", "--tls-verify=false", name_}), start());
  const auto ticks = [&] {
    std::ifstream file("/proc/" + std::to_string(pull.pid()) + "/stat");
    std::string word;
    for (int i = 0; i < 13; ++i)
      file >> word;
    long user_time = 0;
    long system_time = 0;
    file >> user_time >> system_time;
    return user_time + system_time;
  };
  std::this_thread::sleep_for(std::chrono::milliseconds(700));

  const long before = ticks();
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  EXPECT_LT(ticks() - before, 5);
  EXPECT_FALSE(fs::exists(layer_ + "/root"));
  user.reset();

  EXPECT_EQ(pull.wait().status, 0);
  EXPECT_EQ(must({"system", "check"}), "");
}

TEST_F(Check, FindsDamagedRecordsAndWhatWasLeft) {
  fs::create_directories(data() + "/storage/staging/dead");
  fs::create_symlink("../images/none", data() + "/storage/refs/dead");
  const auto left = pod({"system", "check"});
  EXPECT_EQ(left.status, 0) << left;
  EXPECT_THAT(left.out, HasSubstr("/storage/staging/dead"));
  EXPECT_THAT(left.out, HasSubstr("/storage/refs/dead"));

  std::ofstream(data() + "/storage/images/" + image_->id() + "/config.json", std::ios::app) << " ";
  const auto damaged = pod({"system", "check"});
  EXPECT_EQ(damaged.status, 125) << damaged;
  EXPECT_THAT(damaged.out, HasSubstr("its configuration is not what it was"));
  EXPECT_EQ(pod({"system", "check", "--repair"}).status, 0);

  EXPECT_EQ(must({"system", "check"}), "");
  expect_nothing_left();
}
