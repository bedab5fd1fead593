#include "storage/tar/tree_archive.hpp"

#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"
#include "storage/tar/member.hpp"
#include "storage/tar/reader.hpp"
#include "tests/unit/tar/unpacked.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <map>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/xattr.h>

using ::testing::ElementsAre;

namespace {

struct Member {
  tar::Entry entry;
  std::string body;
};

std::vector<Member> read_all(tar::Source& source) {
  tar::Reader reader(source);
  std::vector<Member> members;
  while (const tar::Entry* entry = reader.next()) {
    Member member{*entry, ""};
    tar::Block block;
    while (reader.read(block))
      member.body += block.bytes;
    members.push_back(member);
  }
  return members;
}

class TreeArchive : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string path = "/tmp/pod-tree-XXXXXX";
    ASSERT_NE(::mkdtemp(path.data()), nullptr);
    root_ = path;
  }
  void TearDown() override { sys::remove_tree(root_); }

  void write(const std::string& name, const std::string& text) const {
    sys::create_file(root_ + "/" + name, text);
  }

  std::vector<Member> packed(const tar::TreeOptions& options = {}) const {
    tar::TreeArchive archive(sys::open_dir(root_), options);
    return read_all(archive);
  }
  std::vector<std::string> names(const tar::TreeOptions& options = {}) const {
    std::vector<std::string> list;
    for (const Member& member : packed(options))
      list.push_back(member.entry.path);
    return list;
  }

  std::string root_;
};

}  // namespace

TEST_F(TreeArchive, IsSortedAndWithoutItsRoot) {
  write("b", "two");
  sys::make_dir(root_ + "/a");
  write("a/file", "one");

  EXPECT_THAT(names(), ElementsAre("a/", "a/file", "b"));
  EXPECT_EQ(packed()[1].body, "one");
}

TEST_F(TreeArchive, KeepsTimesToTheNanosecondAndAttributes) {
  write("file", "one");
  const timespec times[] = {{1, 0}, {981173106, 123456789}};
  ::utimensat(AT_FDCWD, (root_ + "/file").c_str(), times, 0);
  const std::string value("a\0=\nb", 5);
  if (::setxattr((root_ + "/file").c_str(), "user.one", value.data(), value.size(), 0) != 0) {
    GTEST_SKIP() << "no user attributes on this file system";
  }
  ::setxattr((root_ + "/file").c_str(), "user.overlay.opaque", "y", 1, 0);

  const tar::Entry entry = packed().at(0).entry;

  EXPECT_EQ(entry.mtime.tv_sec, 981173106);
  EXPECT_EQ(entry.mtime.tv_nsec, 123456789);
  ASSERT_EQ(entry.xattrs.size(), 1U);
  EXPECT_EQ(entry.xattrs[0], std::make_pair(std::string("user.one"), value));
}

TEST_F(TreeArchive, HasAFileOfSeveralNamesOnce) {
  write("a", "one");
  ASSERT_EQ(::link((root_ + "/a").c_str(), (root_ + "/b").c_str()), 0);

  const std::vector<Member> members = packed();

  EXPECT_EQ(members[1].entry.type, tar::EntryType::Hardlink);
  EXPECT_EQ(members[1].entry.link, "a");
}

TEST_F(TreeArchive, LeavesOutSocketsAndWhatIsOnlyMountedOn) {
  sys::make_dir(root_ + "/etc");
  write("etc/hosts", "");
  write("etc/hostname", "mine");
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  (root_ + "/socket").copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(socket, static_cast<sockaddr*>(static_cast<void*>(&address)), sizeof address),
            0);
  ::close(socket);

  EXPECT_THAT(names({.is_upper = false, .mount_points = {"etc/hosts", "etc/hostname"}}),
              ElementsAre("etc/", "etc/hostname"));
}

TEST_F(TreeArchive, WritesHolesAsZeros) {
  write("hole", "begin");
  ASSERT_EQ(::truncate((root_ + "/hole").c_str(), 3'000'001), 0);

  const std::string body = packed().at(0).body;

  ASSERT_EQ(body.size(), 3'000'001U);
  EXPECT_EQ(body.substr(0, 6), std::string("begin\0", 6));
  EXPECT_EQ(body.find_first_not_of('\0', 5), std::string::npos);
}

TEST_F(TreeArchive, TurnsOpaqueDirectoriesIntoNames) {
  sys::make_dir(root_ + "/dir");
  if (::setxattr((root_ + "/dir").c_str(), "user.overlay.opaque", "y", 1, 0) != 0) {
    GTEST_SKIP() << "no user attributes on this file system";
  }
  write("dir/file", "");

  EXPECT_THAT(names({.is_upper = true, .mount_points = {}}),
              ElementsAre("dir/", "dir/.wh..wh..opq", "dir/file"));
  EXPECT_THAT(names(), ElementsAre("dir/", "dir/file"));
}

TEST_F(TreeArchive, HasNamesOfAnyLength) {
  std::string path = root_;
  for (const std::size_t length : {100, 101, 150, 255}) {
    path += "/" + std::string(length, 'x');
    sys::make_dir(path);
    sys::create_file(path + "/file", "one");
    sys::make_link(std::string(length, 'y'), path + "/link");
  }

  const std::vector<Member> members = packed();

  ASSERT_EQ(members.size(), 12U);
  for (const Member& member : members) {
    const bool is_file = member.entry.type == tar::EntryType::File;
    EXPECT_EQ(member.body, is_file ? "one" : "");
    EXPECT_EQ(member.entry.link.find_first_not_of('y'), std::string::npos);
  }
  EXPECT_EQ(members.at(9).entry.path, path.substr(root_.size() + 1) + "/");
}

TEST(TarHeader, HasNumbersOfAnySize) {
  tar::Entry entry;
  entry.path = "file";
  entry.uid = 3'000'000'000;
  entry.gid = 4'000'000;
  entry.mtime = {-5, 0};
  const std::string header = tar::header_of(entry);

  class Text : public tar::Source {
   public:
    explicit Text(std::string text) : text_(std::move(text)) {}
    std::string_view read() override {
      return std::exchange(is_read_, true) ? "" : std::string_view(text_);
    }

   private:
    std::string text_;
    bool is_read_ = false;
  } source(header + tar::end_of_archive());
  const std::vector<Member> members = read_all(source);

  ASSERT_EQ(members.size(), 1U);
  EXPECT_EQ(members[0].entry.uid, 3'000'000'000);
  EXPECT_EQ(members[0].entry.gid, 4'000'000U);
  EXPECT_EQ(members[0].entry.mtime.tv_sec, -5);
}
