#include "pkg/registry/storage_conf.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"

#include <gmock/gmock.h>

#include <cstdlib>

#include <unistd.h>

namespace {

using registry::StorageConf;
using testing::ElementsAre;
using testing::HasSubstr;

class StorageConfTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = testing::TempDir() + "pod-storage-conf-" + std::to_string(::getpid());
    sys::make_dirs(root_ + "/config/containers");
    home_.config = root_ + "/config";
    home_.uid = 1000;
    home_.user = "anna";
    ::setenv("HOME", "/home/anna", 1);
    ::unsetenv("XDG_DATA_HOME");
    ::unsetenv("CONTAINERS_STORAGE_CONF");
  }
  void TearDown() override {
    ::unsetenv("CONTAINERS_STORAGE_CONF");
    sys::remove_tree(root_);
  }

  StorageConf read(const std::string& text) const {
    sys::replace_file(root_ + "/config/containers/storage.conf", text);
    return StorageConf::read(home_);
  }
  std::string complaint(const std::string& text) const {
    try {
      read(text);
    } catch (const base::Error& error) {
      return error.what();
    }
    return "";
  }

  std::string root_;
  home::Home home_;
};

TEST_F(StorageConfTest, SaysWhereStoresAre) {
  const StorageConf conf = read(R"(
[storage]
driver = "overlay"
graphroot = "$HOME/images-of-$USER-$UID"
[storage.options]
additionalimagestores = ["/usr/share/images", "/mnt/images"]
[storage.options.overlay]
additionalimagestores = ["/mnt/images", "/srv/images"]
mountopt = "nodev"
)");

  EXPECT_EQ(conf.graph_root, "/home/anna/images-of-anna-1000");
  EXPECT_THAT(conf.additional, ElementsAre("/usr/share/images", "/mnt/images", "/srv/images"));
}

TEST_F(StorageConfTest, NeedsToSayNothing) {
  EXPECT_EQ(read("").graph_root, "/home/anna/.local/share/containers/storage");
  EXPECT_THAT(read("[storage]\n").additional, ElementsAre());
}

TEST_F(StorageConfTest, TheEnvironmentNamesAnother) {
  read("[storage]\ngraphroot = \"/one\"\n");
  sys::replace_file(root_ + "/other.conf", "[storage]\ngraphroot = \"/two\"\n");
  ::setenv("CONTAINERS_STORAGE_CONF", (root_ + "/other.conf").c_str(), 1);

  EXPECT_EQ(StorageConf::read(home_).graph_root, "/two");
  ::setenv("CONTAINERS_STORAGE_CONF", (root_ + "/none.conf").c_str(), 1);
  EXPECT_THROW(StorageConf::read(home_), base::Error);
}

TEST_F(StorageConfTest, NamesThePlaceOfWhatIsWrong) {
  EXPECT_THAT(complaint("[storage]\ngraphroot = 1\n"),
              HasSubstr("storage.conf:2: storage.graphroot: expected a string"));
  EXPECT_THAT(
      complaint("[storage.options]\nadditionalimagestores = [\"images\"]\n"),
      HasSubstr(":2: storage.options.additionalimagestores: \"images\" is not an absolute"));
  EXPECT_THAT(complaint("[storage\n"), HasSubstr("storage.conf:1"));
}

}  // namespace
