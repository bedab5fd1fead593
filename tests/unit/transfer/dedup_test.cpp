#include "pkg/transfer/dedup.hpp"

#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "pkg/transfer/duplicates.hpp"
#include "storage/folder_times.hpp"
#include "storage/staging.hpp"
#include "storage/trash.hpp"
#include "tests/unit/transfer/folder.hpp"

#include <gtest/gtest.h>

#include <array>

#include <sys/stat.h>
#include <unistd.h>

namespace {

const std::string kBase(64, 'a');
const std::string kUpper(64, 'b');  // on kBase
const std::string kOther(64, 'c');
const std::string kThird(64, 'd');

constexpr timespec kTime{1'000'000'000, 123'000'000};

void set_time(const std::string& path) {
  const std::array<timespec, 2> times = {kTime, kTime};
  ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), times.data(), 0), 0) << path;
}

struct stat status_of(const std::string& path) {
  struct stat status {};
  EXPECT_EQ(::lstat(path.c_str(), &status), 0) << path;
  return status;
}

class Dedup : public ::testing::Test {
  static home::Home home_in(const std::string& folder) {
    home::Home home;
    home.data = folder;
    return home;
  }

 protected:
  Dedup() {
    store_.layout.prepare();
    add_layer(kBase, "");
    add_layer(kUpper, kBase);
    add_layer(kOther, "");
    add_layer(kThird, "");
  }

  void add_layer(const std::string& id, const std::string& parent) {
    storage::StagedLayer staged = storage::LayerStore(store_.layout).stage();
    sys::make_dir(staged.root() + "/etc");
    storage::Layer layer;
    layer.id = id;
    layer.parent = parent;
    staged.describe(layer);
    staged.commit();
  }
  std::string path(const std::string& layer, const std::string& name) const {
    return store_.layout.layer(layer) + "/root/etc/" + name;
  }
  void add_file(const std::string& layer, const std::string& name, const std::string& text) const {
    sys::create_file(path(layer, name), text);
    set_time(path(layer, name));
    set_time(path(layer, ""));
  }
  bool are_one(const std::string& one, const std::string& other) const {
    return status_of(one).st_ino == status_of(other).st_ino;
  }
  transfer::Deduped link(bool dry_run = false) const {
    return transfer::dedup(store_, {.dry_run = dry_run, .hard_links = true, .running = running_});
  }
  // Where there are reflinks, nothing is linked.
  bool has_reflinks() const {
    return transfer::dedup(store_, {}).way == transfer::Deduped::Way::Reflinks;
  }

  Folder folder_;
  home::Home home_ = home_in(folder_.path());
  transfer::Store store_{.layout = storage::Layout(home_)};
  std::set<std::string> running_;
};

}  // namespace

TEST_F(Dedup, LinksWhatIsTheSameInLayersThatNoImageHasBothOf) {
  if (has_reflinks()) GTEST_SKIP() << "the file system has reflinks";
  for (const std::string& layer : {kBase, kUpper, kOther, kThird})
    add_file(layer, "file", std::string(5000, 'x'));

  const transfer::Deduped done = link();

  EXPECT_EQ(done.layers, 4);
  EXPECT_EQ(done.files, 2);
  EXPECT_EQ(done.bytes, 2 * status_of(path(kBase, "file")).st_blocks * 512);
  EXPECT_FALSE(are_one(path(kBase, "file"), path(kUpper, "file")));
  EXPECT_TRUE(are_one(path(kOther, "file"), path(kThird, "file")));
  EXPECT_EQ(status_of(path(kOther, "")).st_mtim.tv_sec, kTime.tv_sec);
  EXPECT_EQ(status_of(path(kThird, "")).st_mtim.tv_nsec, kTime.tv_nsec);
  EXPECT_TRUE(sys::list_dir(store_.layout.staging()).empty());
  EXPECT_EQ(link().files, 0);
}

TEST_F(Dedup, JoinsWhatIsSharedAlready) {
  if (has_reflinks()) GTEST_SKIP() << "the file system has reflinks";
  add_file(kBase, "file", "text");
  add_file(kOther, "file", "text");
  ASSERT_EQ(link().files, 1);
  add_file(kThird, "again", "text");

  EXPECT_EQ(link().files, 1);

  EXPECT_EQ(status_of(path(kThird, "again")).st_nlink, 3U);
}

TEST_F(Dedup, LeavesWhatDiffersInAnything) {
  if (has_reflinks()) GTEST_SKIP() << "the file system has reflinks";
  for (const char* name : {"text", "mode", "time", "linked"}) {
    add_file(kBase, name, name);
    add_file(kOther, name, name);
  }
  ASSERT_EQ(::chmod(path(kOther, "mode").c_str(), 0755), 0);
  ASSERT_EQ(::utimensat(AT_FDCWD, path(kOther, "time").c_str(), nullptr, 0), 0);
  ASSERT_EQ(::link(path(kOther, "linked").c_str(), path(kOther, "its-link").c_str()), 0);
  sys::replace_file(path(kOther, "text"), "tuxt");
  set_time(path(kOther, "text"));

  EXPECT_EQ(link().files, 0);
}

TEST_F(Dedup, LeavesLayersThatContainersRunOnAndADryRunAll) {
  if (has_reflinks()) GTEST_SKIP() << "the file system has reflinks";
  add_file(kBase, "file", "text");
  add_file(kOther, "file", "text");

  EXPECT_EQ(link(true).files, 1);
  EXPECT_FALSE(are_one(path(kBase, "file"), path(kOther, "file")));
  running_ = {kOther};
  EXPECT_EQ(link().files, 0);
}

TEST_F(Dedup, WithoutReflinksLinksOnlyWhenAsked) {
  if (has_reflinks()) GTEST_SKIP() << "the file system has reflinks";
  add_file(kBase, "file", "text");
  add_file(kOther, "file", "text");

  EXPECT_EQ(transfer::dedup(store_, {}).way, transfer::Deduped::Way::None);

  EXPECT_FALSE(are_one(path(kBase, "file"), path(kOther, "file")));
}

TEST_F(Dedup, SharesBlocksWhateverTheMetadataAre) {
  if (!has_reflinks()) GTEST_SKIP() << "the file system has no reflinks";
  add_file(kBase, "file", std::string(100'001, 'x'));
  add_file(kUpper, "file", std::string(100'001, 'x'));
  ASSERT_EQ(::chmod(path(kUpper, "file").c_str(), 0600), 0);

  EXPECT_EQ(link().files, 1);

  EXPECT_EQ(status_of(path(kUpper, "file")).st_mode & 0777U, 0600U);
  EXPECT_EQ(status_of(path(kUpper, "file")).st_mtim.tv_sec, kTime.tv_sec);
  EXPECT_EQ(status_of(path(kUpper, "file")).st_nlink, 1U);
  EXPECT_EQ(sys::read_file(path(kUpper, "file")), std::string(100'001, 'x'));
  EXPECT_EQ(link().files, 0);
}

TEST_F(Dedup, AKilledOneLeavesFoldersThatRecoveryGivesTheirTimes) {
  add_file(kBase, "file", "text");
  const std::string dead = store_.layout.staging() + "/dead";
  sys::make_dir(dead);
  storage::note_folder_times(dead, {path(kOther, ""), path(kBase, "")});
  sys::remove_tree(path(kOther, ""));
  ASSERT_EQ(::utimensat(AT_FDCWD, path(kBase, "").c_str(), nullptr, 0), 0);

  storage::recover(home_);

  EXPECT_EQ(status_of(path(kBase, "")).st_mtim.tv_sec, kTime.tv_sec);
  EXPECT_FALSE(sys::exists(dead));
}
