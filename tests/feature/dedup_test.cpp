// system dedup: what two images have is stored once; images and archives stay what they were.
#include "tests/support/home.hpp"
#include "tests/support/registry.hpp"
#include "tests/support/tar_text.hpp"

#include <gmock/gmock.h>

using ::testing::HasSubstr;
using ::testing::Not;

namespace {

class Dedup : public support::Home {
 protected:
  void SetUp() override {
    Home::SetUp();
    registry_.emplace(nullptr);
    add("one");
    add("two");
  }
  void TearDown() override {
    registry_.reset();
    Home::TearDown();
  }

  // An image of one layer, with a file of its own and one that all have.
  void add(const std::string& name) {
    const auto image = support::make_registry_image({support::TarText()
                                                         .directory("etc")
                                                         .file("etc/all", std::string(50'000, 'a'))
                                                         .file("etc/" + name, name)
                                                         .end()});
    registry_->add(image, name);
    must({"pull", "--quiet", "--tls-verify=false", registry_->host() + "/image:" + name});
  }
  base::Json dedup(support::Words flags = {}) {
    support::Words words = {"system", "dedup", "--hard-links", "--format", "json"};
    words.insert(words.end(), flags.begin(), flags.end());
    return base::Json::parse(must(words));
  }

  std::optional<support::Registry> registry_;
};

}  // namespace

TEST_F(Dedup, SavesTheSpaceThatItSays) {
  const std::string before = must({"system", "df", "--format", "{{.RawSize}}"});

  const base::Json plan = dedup({"--dry-run"});
  EXPECT_EQ(must({"system", "df", "--format", "{{.RawSize}}"}), before);
  const base::Json done = dedup();

  EXPECT_EQ(plan.integer_or("Files", -1), 1);
  EXPECT_EQ(done.integer_or("Layers", -1), 2);
  EXPECT_EQ(done.integer_or("Files", -1), 1);
  EXPECT_GE(done.integer_or("RawSaved", -1), 50'000);
  EXPECT_EQ(must({"system", "dedup", "--hard-links", "--quiet"}), "0");
  if (done.string_or("Way", "") == "hard links") {
    const auto size = [](const std::string& lines) { return std::stoll(lines); };
    EXPECT_EQ(size(before) - size(must({"system", "df", "--format", "{{.RawSize}}"})),
              done.integer_or("RawSaved", -1));
  }
}

TEST_F(Dedup, LeavesImagesWhatTheyWere) {
  dedup();

  EXPECT_EQ(must({"system", "check"}), "");  // times, links, and the archives' checksums
  must({"rmi", registry_->host() + "/image:one"});
  EXPECT_EQ(must({"system", "check"}), "");
}

TEST_F(Dedup, WithoutReflinksSaysWhatWouldHelp) {
  const auto result = pod({"system", "dedup"});

  EXPECT_EQ(result.status, 0) << result;
  EXPECT_THAT(result.out, HasSubstr("Layers: 2\n"));
  if (dedup({"--dry-run"}).string_or("Way", "") == "hard links") {
    EXPECT_THAT(result.err, HasSubstr("--hard-links"));
  } else {
    EXPECT_THAT(result.err, Not(HasSubstr("--hard-links")));
  }
}
