// Volumes by themselves: pod volume ...
#include "tests/support/home.hpp"
#include "tests/support/skip.hpp"

#include <gmock/gmock.h>

#include <filesystem>

using ::testing::HasSubstr;
using ::testing::Not;

class VolumeCommands : public support::Home {
 protected:
  base::Json volume(const std::string& name) const {
    return base::Json::parse(must({"volume", "inspect", name})).as_array().front();
  }
};

TEST_F(VolumeCommands, CreateAndList) {
  EXPECT_EQ(must({"volume", "create", "--label", "app=web", "db"}), "db");
  EXPECT_EQ(must({"volume", "create"}).size(), 64U);

  EXPECT_EQ(pod({"volume", "create", "db"}).status, 125);
  EXPECT_EQ(must({"volume", "create", "--ignore", "db"}), "db");
  EXPECT_EQ(pod({"volume", "create", "../db"}).status, 125);
  EXPECT_THAT(must({"volume", "ls"}), HasSubstr("DRIVER      VOLUME NAME\nlocal       "));
  EXPECT_EQ(must({"volume", "ls", "-q", "--filter", "label=app=web"}), "db");
  EXPECT_EQ(must({"volume", "ls", "--format", "{{.Name}} {{.Labels}}", "-f", "name=^db$"}),
            "db map[app:web]");
  EXPECT_EQ(pod({"volume", "ls", "--filter", "colour=red"}).status, 125);
}

TEST_F(VolumeCommands, InspectSpeaksPodmansWords) {
  must({"volume", "create", "--label", "app=web", "db"});

  const base::Json json = volume("db");

  EXPECT_EQ(json.at("Name").as_string(), "db");
  EXPECT_EQ(json.at("Driver").as_string(), "local");
  EXPECT_EQ(json.at("Scope").as_string(), "local");
  EXPECT_EQ(json.at("Labels").at("app").as_string(), "web");
  EXPECT_EQ(json.at("MountCount").as_integer(), 0);
  EXPECT_TRUE(json.at("NeedsCopyUp").as_bool());
  EXPECT_TRUE(std::filesystem::is_directory(json.at("Mountpoint").as_string()));
  EXPECT_EQ(must({"inspect", "--type", "volume", "--format", "{{.Name}}", "db"}), "db");
}

TEST_F(VolumeCommands, InspectShowsWhatThereIsBesideWhatIsMissing) {
  must({"volume", "create", "db"});

  const auto result = pod({"volume", "inspect", "--format", "{{.Name}}", "db", "missing"});

  EXPECT_EQ(result.status, 125);
  EXPECT_EQ(result.out, "db\n");
  EXPECT_THAT(result.err, HasSubstr("no such volume"));
}

TEST_F(VolumeCommands, TheBeginningOfANameIsEnough) {
  must({"volume", "create", "data-one"});
  must({"volume", "create", "data-two"});

  EXPECT_EQ(must({"volume", "inspect", "--format", "{{.Name}}", "data-o"}), "data-one");
  EXPECT_EQ(pod({"volume", "inspect", "data"}).status, 125);
  EXPECT_EQ(must({"volume", "rm", "data-t"}), "data-two");
  EXPECT_EQ(pod({"volume", "exists", "data-o"}).status, 1);
  EXPECT_EQ(pod({"volume", "exists", "data-one"}).status, 0);
}

TEST_F(VolumeCommands, OneInUseIsRemovedOnlyByForce) {
  const std::string id = start_probe({"sleep", "100"}, {"-v", "db:/data"});

  EXPECT_EQ(volume("db").at("MountCount").as_integer(), 1);
  EXPECT_EQ(pod({"volume", "rm", "db"}).status, 2);
  EXPECT_EQ(pod({"volume", "rm", "missing"}).status, 1);
  EXPECT_EQ(pod({"volume", "rm", "--force", "missing"}).status, 0);
  EXPECT_EQ(must({"volume", "rm", "--force", "--time", "0", "db"}), "db");
  EXPECT_EQ(pod({"container", "exists", id}).status, 1);
}

TEST_F(VolumeCommands, PruneTakesTheNamelessAndAllWhenAsked) {
  must({"volume", "create", "named"});
  must({"create", "--name", "user", "-v", "used:/data", "-v", "/nameless", image(), "probe"});
  const std::string nameless = must({"volume", "ls", "-q", "-f", "anonymous=true"});

  EXPECT_EQ(must({"volume", "ls", "-q", "-f", "dangling=true"}), "named");
  must({"rm", "user"});
  EXPECT_EQ(pod({"volume", "prune"}).status, 125);
  EXPECT_THAT(pod({"volume", "prune"}, "n\n").out, HasSubstr(nameless));
  EXPECT_EQ(must({"volume", "prune", "--force"}), nameless);
  EXPECT_EQ(must({"volume", "prune", "--all", "--dry-run"}), "named\nused");
  EXPECT_EQ(must({"volume", "prune", "--force", "--filter", "all=true"}), "named\nused");
  EXPECT_EQ(must({"volume", "prune"}), "No dangling volumes found");
}

TEST_F(VolumeCommands, GoesRoundAsAnArchive) {
  probe({"write", "/data/.wh.file", "text"}, {"-v", "one:/data"});
  must({"volume", "create", "two"});

  must({"volume", "export", "--output", root() + "/archive.tar", "one"});
  must({"volume", "import", "two", root() + "/archive.tar"});

  EXPECT_EQ(probe({"cat", "/data/.wh.file"}, {"-v", "two:/data"}).out, "text");
  EXPECT_EQ(pod({"volume", "import", "missing", root() + "/archive.tar"}).status, 125);
  EXPECT_NE(pod({"volume", "import", "two", "-"}, "no archive at all").status, 0);
}

TEST_F(VolumeCommands, WhatWasFilledBeforeItsFirstUseStays) {
  must({"volume", "create", "filled"});
  probe({"write", "/data/file", "text"}, {"-v", "one:/data"});
  must({"volume", "export", "-o", root() + "/archive.tar", "one"});
  must({"volume", "import", "filled", root() + "/archive.tar"});

  EXPECT_EQ(probe({"ls", "/etc"}, {"-v", "filled:/etc"}).out,
            "file\nhostname\nhosts\nresolv.conf\n");
}

TEST_F(VolumeCommands, MayBeAFolderOfTheHost) {
  write("folder/file", "text");
  const std::string folder = root() + "/folder";
  must({"volume", "create", "-o", "type=none", "-o", "o=bind", "-o", "device=" + folder, "bound"});

  EXPECT_EQ(probe({"cat", "/data/file"}, {"-v", "bound:/data"}).out, "text");
  EXPECT_EQ(must({"volume", "mount", "bound"}), folder);
  must({"volume", "rm", "bound"});
  EXPECT_TRUE(std::filesystem::exists(folder + "/file"));
}

TEST_F(VolumeCommands, MayBeMemory) {
  must({"volume", "create", "-o", "type=tmpfs", "-o", "device=tmpfs", "-o", "o=size=1m", "memory"});

  const auto result = probe({"cat", "/proc/mounts"}, {"-v", "memory:/data"});

  EXPECT_THAT(result.out, HasSubstr(" /data tmpfs rw,nosuid,nodev")) << result;
  EXPECT_THAT(result.out, HasSubstr("size=1024k"));
  EXPECT_EQ(pod({"volume", "mount", "memory"}).status, 125);
}

TEST_F(VolumeCommands, RefusesOptionsThatOnlyRootCouldHonour) {
  for (const char* option :
       {"type=ext4", "o=size=1m", "colour=red", "type=none", "device=/dev/sda"}) {
    EXPECT_EQ(pod({"volume", "create", "-o", option, "refused"}).status, 125) << option;
  }
  EXPECT_EQ(pod({"volume", "create", "--driver", "plugin", "refused"}).status, 125);
  EXPECT_EQ(pod({"volume", "exists", "refused"}).status, 1);
}

TEST_F(VolumeCommands, HasTheOwnerThatItWasGiven) {
  SKIP_FOR(support::why_no_ids());
  must({"volume", "create", "--uid", "5", "--gid", "6", "owned"});

  EXPECT_THAT(probe({"stat", "/etc"}, {"-v", "owned:/etc"}).out, HasSubstr(" 5:6 "));
  EXPECT_EQ(volume("owned").at("UID").as_integer(), 5);
}

TEST_F(VolumeCommands, OfAnotherContainerStaysWhenItsMakerGoes) {
  must({"create", "--name", "maker", "-v", "/shared", image(), "probe"});
  must({"create", "--name", "heir", "--volumes-from", "maker", image(), "probe"});

  must({"rm", "--volumes", "maker"});

  EXPECT_EQ(must({"volume", "ls", "-q"}).size(), 64U);
}

TEST_F(VolumeCommands, NamesAreCompleted) {
  must({"volume", "create", "data"});

  EXPECT_THAT(must({"__complete", "volume", "rm", "da"}), HasSubstr("data\tvolume"));
  EXPECT_THAT(must({"__complete", "volume", ""}), HasSubstr("prune\t"));
}
