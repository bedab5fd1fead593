// A store on a disk that is full to its last byte: what cannot be is refused in one line that says
// what helps, and leaves nothing; what frees space works. The disk is a tmpfs in a user namespace
// of the test's, so that nobody needs to be root; only one id is mapped there.
#include "tests/support/home.hpp"
#include "tests/support/image.hpp"
#include "tests/support/registry.hpp"
#include "tests/support/tar_text.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <sstream>

using support::Result;
using support::Words;
using ::testing::HasSubstr;

namespace {

class FullDisk : public support::Home {
 protected:
  void SetUp() override {
    Home::SetUp();
    keeper_.emplace(Words{"unshare", "--user", "--map-root-user", "--mount", "sh", "-c",
                          "mount -t tmpfs -o size=40m,nr_inodes=4000 small " + root() +
                              "/data && chmod 700 " + root() + "/data && echo ready && exec cat"});
    if (!keeper_->expect("ready")) GTEST_SKIP() << "no tmpfs in a user namespace here";
    registry_.emplace(nullptr);
    registry_->add(image_of(support::TarText().file("base", "x")), "kept");
  }
  void TearDown() override {
    registry_.reset();
    if (keeper_) {
      in({"rm", "--force", "--all"});
      keeper_->close_input();
      keeper_->wait();
    }
    keeper_.reset();
    Home::TearDown();
  }

  static support::RegistryImage image_of(const support::TarText& tar) {
    return support::make_registry_image({tar.end()});
  }
  std::string name(const std::string& tag) const { return registry_->host() + "/image:" + tag; }

  // Any program, there.
  Result there(const Words& words, const std::string& input = "") const {
    Words all = {"nsenter", "--preserve-credentials", "--user", "--mount", "--target"};
    all.push_back(std::to_string(keeper_->pid()));
    all.insert(all.end(), words.begin(), words.end());
    return support::run(all, start(), input, 60);
  }
  Result in(const Words& arguments, const std::string& input = "") const {
    return there(words(arguments), input);
  }
  Result pull(const std::string& tag) const {
    return in({"pull", "--quiet", "--tls-verify=false", name(tag)});
  }
  void must_in(const Words& arguments) const {
    const Result result = in(arguments);
    EXPECT_EQ(result.status, 0) << ::testing::PrintToString(arguments) << result;
  }
  void fill() const { there({"sh", "-c", "cat /dev/zero > " + root() + "/data/fill"}); }
  void empty() const { there({"rm", "-f", root() + "/data/fill"}); }

  // What it complains of, without the warning that only one id is mapped.
  static std::string complaint(const Result& result) {
    std::istringstream lines(result.err);
    std::string text;
    for (std::string line; std::getline(lines, line);) {
      if (line.find("only one user id") == std::string::npos) text += line + "\n";
    }
    return text;
  }
  void expect_refused(const Result& result, const std::string& why) const {
    const std::string text = complaint(result);
    EXPECT_EQ(result.status, 125) << result;
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1) << text;
    EXPECT_THAT(text, HasSubstr(why));
    EXPECT_THAT(text, HasSubstr("free in "));
    EXPECT_THAT(text, HasSubstr("system prune"));
    expect_nothing_begun();
  }
  void expect_nothing_begun() const {
    EXPECT_EQ(
        there({"sh", "-c", "cd " + data() + " && ls storage/staging storage/locks trash"}).out,
        "storage/locks:\n\nstorage/staging:\n\ntrash:\n");
  }

  std::optional<support::Program> keeper_;
  std::optional<support::Registry> registry_;
};

}  // namespace

TEST_F(FullDisk, RefusesWhatAddsToItInOneLine) {
  registry_->add(image_of(support::TarText().file("new", std::string(100'000, 'n'))), "new");
  const std::string archive = write("archive.tar", support::TarText().file("f", "f").end());
  ASSERT_EQ(pull("kept").status, 0);
  must_in({"save", "--quiet", "-o", root() + "/saved.tar", name("kept")});
  must_in({"create", "--name", "source", "--network", "none", name("kept"), "x"});
  fill();

  expect_refused(pull("new"), "more than the 0 B free");
  expect_refused(in({"import", "--quiet", archive}), "no space left on device");
  expect_refused(pull("kept"), "no space left on device");
  expect_refused(in({"commit", "--quiet", "source", "made"}), "no space left on device");
  expect_refused(in({"load", "--quiet", "-i", root() + "/saved.tar"}), "no space left on device");
  in({"tag", name("kept"), "again"});

  must_in({"system", "check"});
  must_in({"images"});
  must_in({"system", "df"});
}

TEST_F(FullDisk, LetsGoOfWhatIsInIt) {
  ASSERT_EQ(pull("kept").status, 0);
  must_in({"create", "--name", "source", "--network", "none", name("kept"), "x"});
  fill();
  must_in({"rm", "source"});
  fill();
  must_in({"untag", name("kept")});
  must_in({"image", "prune", "--force"});
  fill();
  must_in({"system", "prune", "--force", "--all", "--volumes"});
  must_in({"system", "check", "--repair"});
  expect_nothing_begun();
  empty();
  ASSERT_EQ(pull("kept").status, 0);
  fill();
  must_in({"rmi", name("kept")});
  fill();

  must_in({"system", "reset", "--force"});

  EXPECT_EQ(there({"ls", "-A", root() + "/data"}).out, "fill\n");
}

// Few bytes that become many: of one file, of many, of files without any.
TEST_F(FullDisk, IsNoMatchForABomb) {
  support::TarText much;
  for (int i = 0; i < 50; ++i)
    much.file(std::to_string(i), std::string(1'000'000, '\0'));
  support::TarText many;
  for (int i = 0; i < 5000; ++i)
    many.file(std::to_string(i));
  registry_->add(image_of(support::TarText().file("large", std::string(60'000'000, '\0'))), "one");
  registry_->add(image_of(much), "much");
  registry_->add(image_of(many), "many");

  expect_refused(pull("one"), "large: its 60 MB do not fit: no space left on device");
  expect_refused(pull("much"), "no space left on device");
  expect_refused(pull("many"), "more files free");
  must_in({"system", "check"});
  EXPECT_EQ(in({"images", "-q"}).out, "");
}

TEST_F(FullDisk, IsNotTriedWithALayerThatSaysItIsLarger) {
  const support::RegistryImage image = image_of(support::TarText().file("f", "f"));
  registry_->add(image);
  const std::string manifest = image.manifest.bytes;
  const std::string size = "\"size\":" + std::to_string(image.layers[0].bytes.size());
  for (const auto& [lie, refusal] : {std::pair("\"size\":900000000", "more than the "),
                                     std::pair("\"size\":10", "where the manifest says 10")}) {
    std::string text = manifest;
    text.replace(text.rfind(size), size.size(), lie);
    registry_->add_manifest(support::make_blob(image.manifest.media_type, text), "lie");

    const Result result = pull("lie");

    EXPECT_EQ(result.status, 125) << result;
    EXPECT_THAT(complaint(result), HasSubstr(refusal));
    expect_nothing_begun();
  }
}
