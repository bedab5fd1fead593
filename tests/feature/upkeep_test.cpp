// system df, system prune, system reset, and the prune of each kind.
#include "tests/support/home.hpp"
#include "tests/support/tar_text.hpp"

#include <gmock/gmock.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

namespace {

class Upkeep : public support::Home {
 protected:
  // Two images that have one layer each of their own.
  void import_two() {
    for (const char* name : {"one", "two"}) {
      const std::string tar =
          support::TarText().file(name, std::string(100'000, 'x')).hardlink("again", name).end();
      const auto result = pod({"import", "--quiet", "-", name}, tar);
      ASSERT_EQ(result.status, 0) << result;
    }
  }

  std::int64_t raw(const std::string& kind, const std::string& field) {
    const std::string text =
        must({"system", "df", "--format", "{{.Type}} {{." + field + "}}"}) + "\n";
    const std::size_t at = text.find(kind + " ");
    return at == std::string::npos ? -1 : std::atoll(text.c_str() + at + kind.size() + 1);
  }

  // As du(1) counts, by whoever may look everywhere.
  std::int64_t du() {
    return std::atoll(must({"unshare", "du", "-s", "-B1", data() + "/storage"}).c_str());
  }
};

}  // namespace

TEST_F(Upkeep, DfOfNothingIsNothing) {
  EXPECT_EQ(must({"system", "df"}),
            "TYPE           TOTAL       ACTIVE      SIZE        RECLAIMABLE\n"
            "Images         0           0           0B          0B (0%)\n"
            "Containers     0           0           0B          0B (0%)\n"
            "Local Volumes  0           0           0B          0B (0%)");
}

TEST_F(Upkeep, DfIsWhatImagePruneFreesToTheBlock) {
  import_two();
  must({"create", "--name", "user", "--network", "none", "one", "x"});
  EXPECT_EQ(raw("Images", "Total"), 2);
  EXPECT_EQ(raw("Images", "Active"), 1);
  const std::int64_t size = raw("Images", "RawSize");
  const std::int64_t reclaimable = raw("Images", "RawReclaimable");
  const std::int64_t before = du();

  const auto pruned = pod({"image", "prune", "--all", "--force"});

  EXPECT_EQ(pruned.status, 0) << pruned;
  EXPECT_THAT(pruned.err, HasSubstr("Total reclaimed space: "));
  EXPECT_GT(reclaimable, 100'000);
  EXPECT_EQ(before - du(), reclaimable);
  EXPECT_EQ(raw("Images", "RawSize"), size - reclaimable);
  EXPECT_EQ(raw("Images", "RawReclaimable"), 0);
  EXPECT_EQ(pod({"image", "exists", "one"}).status, 0);
}

TEST_F(Upkeep, DfAndPruneKnowManifestLists) {
  import_two();
  must({"create", "--name", "user", "--network", "none", "one", "x"});
  must({"manifest", "create", "list", "one", "two"});
  must({"tag", "list", "list:2"});
  EXPECT_EQ(raw("Images", "Total"), 3);
  const std::int64_t reclaimable = raw("Images", "RawReclaimable");
  const std::int64_t before = du();

  must({"image", "prune", "--all", "--force"});

  EXPECT_EQ(before - du(), reclaimable);
  EXPECT_EQ(raw("Images", "Total"), 1);
  EXPECT_EQ(pod({"manifest", "exists", "list"}).status, 1);
}

TEST_F(Upkeep, DfHasArtifactsThatNothingPrunes) {
  must({"artifact", "add", "notes", write("notes", std::string(50'000, 'x'))});
  EXPECT_EQ(raw("Artifacts", "Total"), 1);
  EXPECT_EQ(raw("Artifacts", "RawReclaimable"), 0);
  const std::int64_t size = raw("Artifacts", "RawSize");
  const std::int64_t before = du();
  EXPECT_GT(size, 50'000);

  must({"system", "prune", "--all", "--force", "--volumes"});
  EXPECT_EQ(before, du());
  must({"artifact", "rm", "notes"});

  EXPECT_EQ(before - du(), size);
  EXPECT_EQ(raw("Artifacts", "Total"), -1);
}

TEST_F(Upkeep, ImagesInAListAreNotDangling) {
  import_two();
  must({"manifest", "create", "list", "one"});
  must({"untag", "one"});
  must({"untag", "two"});

  EXPECT_EQ(must({"image", "prune", "-f"}).size(), 64U);
  EXPECT_EQ(pod({"inspect", "list"}).status, 0);
  must({"manifest", "rm", "list"});
  EXPECT_EQ(must({"image", "prune", "-f"}).size(), 64U);
}

TEST_F(Upkeep, DfHasWhatKilledCommandsLeft) {
  import_two();
  const std::int64_t before = raw("Images", "RawReclaimable");
  for (const char* folder : {"/storage/staging/dead", "/storage/rootfs/dead", "/trash/dead"}) {
    fs::create_directories(data() + folder);
    std::ofstream(data() + folder + "/file") << std::string(50'000, 'x');
  }

  const std::int64_t after = raw("Images", "RawReclaimable");
  EXPECT_GT(after, before + 150'000);
  EXPECT_THAT(pod({"image", "prune", "--force"}).err, HasSubstr("Total reclaimed space: 1"));
  EXPECT_EQ(raw("Images", "RawReclaimable"), before);
  expect_nothing_left();
}

TEST_F(Upkeep, ImagePruneTakesNamelessOnesUnlessToldOtherwise) {
  import_two();
  const std::string id = must({"image", "inspect", "--format", "{{.Id}}", "one"});
  must({"untag", "one"});

  EXPECT_EQ(must({"image", "prune", "-f", "--filter", "label=missing"}), "");
  EXPECT_EQ(must({"image", "prune", "-f"}), id);
  EXPECT_EQ(must({"image", "prune", "-f"}), "");
  EXPECT_EQ(must({"images", "-q"}).size(), 12U);
}

// The last that it would take gets a name when it has begun with the first.
TEST_F(Upkeep, ImagePruneLeavesWhatGetsANameMeanwhile) {
  constexpr int kImages = 40;
  for (int i = 0; i < kImages; ++i) {
    const std::string tar = support::TarText().file(std::to_string(i), "x").end();
    ASSERT_EQ(pod({"import", "--quiet", "-"}, tar).status, 0);
  }
  std::string ids = must({"images", "--quiet", "--no-trunc"});
  const std::string last = ids.substr(ids.rfind(':') + 1);

  support::Program prune(words({"image", "prune", "--force"}), start());
  const auto count = [&] {
    return std::distance(fs::directory_iterator(data() + "/storage/images"), {});
  };
  while (count() == kImages)
    std::this_thread::yield();
  const bool is_named = pod({"tag", last, "wanted"}).status == 0;
  prune.wait();

  if (!is_named) GTEST_SKIP() << "it was faster";
  EXPECT_EQ(pod({"image", "exists", "wanted"}).status, 0);
  EXPECT_EQ(must({"system", "check"}), "");
}

TEST_F(Upkeep, PruningAsksUnlessForced) {
  import_two();

  EXPECT_EQ(pod({"image", "prune", "-a"}, "n\n").status, 0);
  EXPECT_EQ(pod({"system", "prune", "-a"}).status, 125);
  EXPECT_EQ(pod({"system", "reset"}, "no\n").status, 0);
  EXPECT_EQ(raw("Images", "Total"), 2);
  EXPECT_THAT(pod({"image", "prune", "-a"}, "y\n").out, HasSubstr("[y/N]"));
  EXPECT_EQ(raw("Images", "Total"), 0);
}

TEST_F(Upkeep, ContainersThatRunStay) {
  const std::string running = start_probe({"sleep", "100"});
  must({"run", "--name", "ended", "--network", "none", image(), "probe", "print", "x"});
  must({"create", "--name", "kept", "--label", "keep=1", "--network", "none", image(), "probe"});
  const std::int64_t reclaimable = raw("Containers", "RawReclaimable");
  EXPECT_EQ(raw("Containers", "Active"), 1);
  EXPECT_GT(reclaimable, 0);

  EXPECT_EQ(must({"container", "prune", "-f", "--filter", "label!=keep"}).size(), 64U);
  EXPECT_EQ(pod({"container", "prune", "-f", "--filter", "colour=red"}).status, 125);
  must({"container", "prune", "-f"});

  EXPECT_EQ(must({"ps", "-aq", "--no-trunc"}), running);
  EXPECT_EQ(raw("Containers", "RawReclaimable"), 0);
}

TEST_F(Upkeep, SystemPruneListsWhatWent) {
  must({"run", "--name", "ended", "--network", "none", "-v", "used:/v", image(), "probe", "print",
        "x"});
  must({"pod", "create", "--name", "group"});

  const std::string without = must({"system", "prune", "--force"});
  EXPECT_THAT(without, HasSubstr("Deleted Containers\n"));
  EXPECT_THAT(without, Not(HasSubstr("Deleted Volumes")));
  EXPECT_THAT(without, HasSubstr("Total reclaimed space: "));
  const std::string with = must({"system", "prune", "--force", "--all", "--volumes"});
  EXPECT_THAT(with, HasSubstr("Deleted Volumes\nused\n"));
  EXPECT_THAT(with, HasSubstr("Deleted Images\n"));
  EXPECT_EQ(must({"system", "prune", "--force", "--all", "--volumes"}),
            "Total reclaimed space: 0B");
}

TEST_F(Upkeep, PodsThatHaveEndedArePruned) {
  must({"pod", "create", "--name", "ended"});
  must({"pod", "create", "--name", "running"});
  must({"run", "--pod", "ended", image(), "probe", "print", "x"});
  must({"run", "-d", "--pod", "running", image(), "probe", "sleep", "100"});

  EXPECT_EQ(must({"pod", "prune", "-f"}).size(), 64U);
  EXPECT_EQ(must({"pod", "ps", "--format", "{{.Name}}"}), "running");
}

TEST_F(Upkeep, ResetLeavesNothing) {
  start_probe({"sleep", "100"}, {"-v", "kept:/v"});
  must({"pod", "create", "--name", "group"});

  must({"system", "reset", "--force"});

  EXPECT_FALSE(fs::exists(data()));
  EXPECT_FALSE(fs::exists(runtime()));
  EXPECT_TRUE(support::wait_for_no_descendants());
  EXPECT_EQ(must({"images", "-q"}), "");
}

TEST_F(Upkeep, ResetMindsNoDamage) {
  const std::string id = start_probe({"sleep", "100"});
  std::ofstream(data() + "/containers/" + id + "/record.json") << "{";
  for (const auto& image : fs::directory_iterator(data() + "/storage/images"))
    std::ofstream(image.path() / "image.json") << "{";

  must({"system", "reset", "--force"});

  EXPECT_FALSE(fs::exists(data()));
  EXPECT_TRUE(support::wait_for_no_descendants());
}

TEST_F(Upkeep, RemovalSweepsWhatKilledCommandsLeft) {
  const std::string id = must({"create", "--network", "none", image(), "probe"});
  const std::string dead(64, 'd');
  fs::create_directories(data() + "/containers/" + dead + ".new");
  fs::create_symlink("../containers/" + dead, data() + "/names/dead");
  fs::create_directories(runtime() + "/containers/" + dead);
  std::ofstream(runtime() + "/containers/" + dead + "/lock") << "";

  must({"rm", id});

  expect_nothing_left();
}
