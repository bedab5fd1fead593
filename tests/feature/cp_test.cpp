// pod cp: what lands where, and whose it is.
#include "tests/support/home.hpp"
#include "tests/support/skip.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include <sys/stat.h>

using ::testing::HasSubstr;
using ::testing::Not;

namespace fs = std::filesystem;

class Cp : public support::Home {
 protected:
  void SetUp() override {
    Home::SetUp();
    write("tree/file", "one\n");
    write("tree/sub/two", "two\n");
    fs::create_symlink("file", root() + "/tree/link");
    write("plain", "plain\n");
  }

  std::string path(const std::string& name) const { return root() + "/" + name; }

  std::string read(const std::string& name) const {
    std::ifstream file(path(name));
    return {std::istreambuf_iterator<char>(file), {}};
  }

  // What a container shows of a file.
  std::string inside(const std::string& container, const std::string& file) const {
    return pod({"exec", container, "probe", "cat", file}).out;
  }

  std::string start(const support::Words& flags = {}) {
    return start_probe({"sleep", "100"}, flags);
  }
};

TEST_F(Cp, AFileBecomesTheDestinationOrGoesIntoIt) {
  const std::string id = start();

  must({"cp", path("plain"), id + ":/tmp/new"});
  must({"cp", path("plain"), id + ":/tmp"});
  must({"cp", path("tree/link"), id + ":/tmp/followed"});

  EXPECT_EQ(inside(id, "/tmp/new"), "plain\n");
  EXPECT_EQ(inside(id, "/tmp/plain"), "plain\n");
  EXPECT_EQ(inside(id, "/tmp/followed"), "one\n");
  EXPECT_EQ(pod({"cp", path("plain"), id + ":/missing/new"}).status, 125);
  EXPECT_EQ(pod({"cp", path("plain"), id + ":/missing/"}).status, 125);
  EXPECT_EQ(pod({"cp", path("plain"), id + ":/tmp/new/"}).status, 125);
  EXPECT_EQ(pod({"cp", path("plain") + "/", id + ":/tmp/new"}).status, 125);
  EXPECT_EQ(pod({"cp", path("missing"), id + ":/tmp/new"}).status, 125);
}

TEST_F(Cp, ADirectoryBecomesTheDestinationOrGoesIntoIt) {
  const std::string id = start();

  must({"cp", path("tree"), id + ":/tmp/new"});
  must({"cp", path("tree"), id + ":/tmp"});
  must({"cp", path("tree") + "/.", id + ":/tmp"});

  EXPECT_EQ(inside(id, "/tmp/new/sub/two"), "two\n");
  EXPECT_EQ(inside(id, "/tmp/new/link"), "one\n");
  EXPECT_EQ(inside(id, "/tmp/tree/sub/two"), "two\n");
  EXPECT_EQ(inside(id, "/tmp/sub/two"), "two\n");
  EXPECT_EQ(pod({"cp", path("tree"), id + ":/tmp/file"}).status, 125);
  EXPECT_EQ(pod({"cp", path("tree"), id + ":/missing/"}).status, 125);
}

TEST_F(Cp, TheSameHoldsTheOtherWay) {
  const std::string id = start();
  must({"cp", path("tree"), id + ":/tmp"});
  fs::create_directory(path("there"));

  must({"cp", id + ":/tmp/tree", path("new")});
  must({"cp", id + ":/tmp/tree", path("there")});
  must({"cp", id + ":/tmp/tree/.", path("there")});
  must({"cp", id + ":/tmp/tree/file", path("plain")});

  EXPECT_EQ(read("new/sub/two"), "two\n");
  EXPECT_EQ(fs::read_symlink(path("new/link")), "file");
  EXPECT_EQ(read("there/tree/file"), "one\n");
  EXPECT_EQ(read("there/file"), "one\n");
  EXPECT_EQ(read("plain"), "one\n");
  EXPECT_EQ(pod({"cp", id + ":/tmp/tree", path("plain")}).status, 125);
  EXPECT_EQ(pod({"cp", id + ":/tmp/missing", path("x")}).status, 125);
}

TEST_F(Cp, AContainerNeedNotRun) {
  must({"create", "--name", "web", "--network", "none", "-v", "store:/data", image(), "probe",
        "cat", "/tmp/new", "cat", "/data/plain"});

  must({"cp", path("plain"), "web:/tmp/new"});
  must({"cp", path("plain"), "web:/data"});

  EXPECT_EQ(must({"start", "--attach", "web"}), "plain\nplain");
  must({"cp", "web:/data/plain", path("back")});
  EXPECT_EQ(read("back"), "plain\n");
}

TEST_F(Cp, VolumesAndMemoryOfARunningContainerAreReached) {
  const std::string id = start({"-v", "store:/data", "--tmpfs", "/scratch"});

  must({"cp", path("plain"), id + ":/data"});
  must({"cp", path("plain"), id + ":/scratch"});
  must({"cp", id + ":/scratch/plain", path("back")});

  EXPECT_EQ(inside(id, "/data/plain"), "plain\n");
  EXPECT_EQ(inside(id, "/scratch/plain"), "plain\n");
  EXPECT_EQ(read("back"), "plain\n");
}

TEST_F(Cp, FromOneContainerToAnother) {
  const std::string one = start();
  const std::string two = start();
  must({"cp", path("tree"), one + ":/tmp"});

  must({"cp", one + ":/tmp/tree", two + ":/tmp"});
  must({"cp", one + ":/tmp/tree", one + ":/tmp/again"});

  EXPECT_EQ(inside(two, "/tmp/tree/sub/two"), "two\n");
  EXPECT_EQ(inside(one, "/tmp/again/sub/two"), "two\n");
  EXPECT_THAT(pod({"cp", one + ":/tmp/tree", one + ":/tmp/tree/sub"}).err,
              HasSubstr("into itself"));
}

TEST_F(Cp, GoesThroughAStreamAsAnArchive) {
  const std::string id = start();
  must({"cp", path("tree"), id + ":/tmp"});

  const auto archive = pod({"cp", id + ":/tmp/tree", "-"});
  const auto result = pod({"cp", "-", id + ":/var"}, archive.out);

  EXPECT_EQ(result.status, 0) << result;
  EXPECT_EQ(inside(id, "/var/tree/sub/two"), "two\n");
  EXPECT_EQ(pod({"cp", "-", id + ":/tmp/missing"}, archive.out).status, 125);
  EXPECT_EQ(pod({"cp", "-", id + ":/tmp/tree/file"}, archive.out).status, 125);
  EXPECT_THAT(pod({"cp", id + ":/tmp/tree/file", "-"}).out, HasSubstr("one\n"));
}

TEST_F(Cp, BelongsToTheContainersUser) {
  SKIP_FOR(support::why_no_ids());
  const std::string id = start({"--user", "1000:7"});
  ::chmod(path("plain").c_str(), 0640);

  must({"cp", path("plain"), id + ":/tmp/users"});
  must({"cp", "--archive=false", path("plain"), id + ":/tmp/roots"});
  must({"cp", id + ":/tmp/users", path("back")});

  EXPECT_THAT(pod({"exec", id, "probe", "stat", "/tmp/users"}).out, HasSubstr("100640 1000:7 6"));
  EXPECT_THAT(pod({"exec", id, "probe", "stat", "/tmp/roots"}).out, HasSubstr("100640 0:0 6"));
  struct stat status {};
  ASSERT_EQ(::stat(path("back").c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, ::getuid());
}

TEST_F(Cp, BelongsToWhomTheContainersIdsSay) {
  SKIP_FOR(support::why_no_ids());
  const std::string kept = start({"--userns", "keep-id"});
  const std::string usual = start();
  const std::string caller = std::to_string(::getuid()) + ":" + std::to_string(::getgid());
  must({"exec", "--user", "5", usual, "probe", "write", "/tmp/fives", "x"});

  must({"cp", path("plain"), kept + ":/tmp/users"});
  must({"cp", "-a=false", usual + ":/tmp/fives", kept + ":/tmp/fives"});
  must({"cp", kept + ":/tmp/users", path("back")});

  const auto stat = [&](const char* file) {
    return pod({"exec", kept, "probe", "stat", file}).out;
  };
  EXPECT_THAT(stat("/tmp/users"), HasSubstr(" " + caller + " "));
  EXPECT_THAT(stat("/tmp/fives"), HasSubstr(" 5:0 "));
  struct stat status {};
  ASSERT_EQ(::stat(path("back").c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, ::getuid());
}

TEST_F(Cp, NoLinkLeadsOutOfTheContainer) {
  SKIP_FOR(support::why_no_shell());
  const std::string id = start();
  must({"exec", id, "ln", "-s", root(), "/tmp/out"});
  must({"exec", id, "ln", "-s", "../../../../../../../../etc/hostname", "/tmp/up"});

  EXPECT_EQ(pod({"cp", path("plain"), id + ":/tmp/out/escaped"}).status, 125);
  EXPECT_FALSE(fs::exists(path("escaped")));
  must({"cp", id + ":/tmp/up", path("name")});
  EXPECT_EQ(read("name"), inside(id, "/etc/hostname"));
  EXPECT_EQ(pod({"cp", id + ":" + path("plain"), path("stolen")}).status, 125);
  EXPECT_EQ(pod({"cp", id + ":/tmp/../../../../.." + path("plain"), path("stolen")}).status, 125);
}

TEST_F(Cp, WhatTheKernelSaysIsCopied) {
  const std::string id = start();

  must({"cp", id + ":/proc/version", path("version")});

  EXPECT_THAT(read("version"), HasSubstr("Linux version"));
}

TEST_F(Cp, FilesTakeThePlaceOfDirectoriesOnlyWhenAsked) {
  SKIP_FOR(support::why_no_shell());
  const std::string id = start();
  must({"exec", id, "mkdir", "-p", "/tmp/tree/file/kept"});

  EXPECT_THAT(pod({"cp", path("tree"), id + ":/tmp"}).err, HasSubstr("--overwrite"));
  must({"cp", "--overwrite", path("tree"), id + ":/tmp"});

  EXPECT_EQ(inside(id, "/tmp/tree/file"), "one\n");
}

TEST_F(Cp, OverwritesWhatIsMountedAndFollowsLinks) {
  SKIP_FOR(support::why_no_shell());
  const std::string id = start();
  must({"exec", id, "ln", "-s", "missing", "/tmp/broken"});

  must({"cp", path("plain"), id + ":/etc/hosts"});
  must({"cp", path("plain"), id + ":/tmp/broken"});

  EXPECT_EQ(inside(id, "/etc/hosts"), "plain\n");
  EXPECT_EQ(inside(id, "/tmp/missing"), "plain\n");
}

TEST_F(Cp, OneEndIsAContainer) {
  EXPECT_THAT(pod({"cp", path("plain"), path("other")}).err, HasSubstr("CONTAINER:PATH"));
  EXPECT_EQ(pod({"cp", "-", path("other")}).status, 125);
  EXPECT_EQ(pod({"cp", path("plain"), "missing:/tmp"}).status, 125);
}
