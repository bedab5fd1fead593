#include "pkg/images/ensure.hpp"

#include "pkg/base/error.hpp"
#include "pkg/sys/file.hpp"
#include "tests/unit/storage/store.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace {

const std::string kOne(64, '1');

class EnsureTest : public testing::Test {
 protected:
  void TearDown() override { ::unsetenv("POD_TEST_ANSWER"); }
  const home::Home& home() const { return temporary_.home(); }
  // The command line with which the other program was called; "" when it was not.
  std::string asked() const { return sys::find_file(home().data + "/asked").value_or(""); }

  TemporaryHome temporary_;
};

TEST_F(EnsureTest, FindsImagesByWhatUsersType) {
  temporary_.add_image('1', {}, {"docker.io/library/alpine:latest", "localhost/web:1"});
  for (const char* text : {"alpine", "alpine:latest", "library/alpine", "docker.io/library/alpine",
                           "docker://alpine", "web:1", "localhost/web:1", "111", "sha256:1111"}) {
    const auto found = images::find(home(), text);

    ASSERT_TRUE(found) << text;
    EXPECT_EQ(found->id, kOne) << text;
  }
  for (const char* text : {"alpine:3", "web", "quay.io/alpine", "222", "UPPER", "", "11"}) {
    EXPECT_FALSE(images::find(home(), text)) << text;
  }
}

TEST_F(EnsureTest, FindsWhatWasMadeHereFirst) {
  temporary_.add_image('1', {}, {"docker.io/library/alpine:latest"});
  temporary_.add_image('2', {}, {"localhost/alpine:latest"});

  EXPECT_EQ(images::find(home(), "alpine")->id, std::string(64, '2'));
  EXPECT_EQ(images::find(home(), "docker.io/alpine")->id, kOne);
}

TEST_F(EnsureTest, FindsImagesByDigest) {
  const std::string digest = "sha256:" + std::string(64, 'd');
  storage::Image image = temporary_.add_image('1', {}, {"localhost/web:1"});
  image.id = std::string(64, '3');
  image.manifest_digest = digest;
  image.repo_digests = {"quay.io/app@" + digest};
  storage::ImageStore(temporary_.layout()).publish(image, TemporaryHome::kConfig, "{}");

  EXPECT_EQ(images::find(home(), "quay.io/app@" + digest)->id, image.id);
  EXPECT_EQ(images::find(home(), "quay.io/app:v1@" + digest)->id, image.id);
  EXPECT_FALSE(images::find(home(), "quay.io/other@" + digest));
}

TEST_F(EnsureTest, RefusesTheBeginningOfSeveralIds) {
  temporary_.add_image('1', {}, {});
  storage::Image other;
  other.id = "1112" + std::string(60, '2');
  storage::ImageStore(temporary_.layout()).publish(other, TemporaryHome::kConfig, "{}");

  EXPECT_THROW(images::find(home(), "111"), base::Error);
  EXPECT_EQ(images::find(home(), "1112")->id, other.id);
}

TEST_F(EnsureTest, CompletesNamesOfWhatIsMadeHere) {
  EXPECT_EQ(images::local_name("web"), "localhost/web:latest");
  EXPECT_EQ(images::local_name("me/web:1"), "localhost/me/web:1");
  EXPECT_EQ(images::local_name("quay.io/web"), "quay.io/web:latest");
  EXPECT_EQ(images::local_name("docker.io/web"), "docker.io/library/web:latest");
  EXPECT_THROW(images::local_name("Web"), base::Error);
}

TEST_F(EnsureTest, AsksTheOtherProgramOnlyForWhatIsMissing) {
  temporary_.add_image('1', {}, {"docker.io/library/alpine:latest"});

  EXPECT_EQ(images::ensure(home(), "alpine", {}).image.id, kOne);
  EXPECT_EQ(asked(), "");
}

TEST_F(EnsureTest, PullsWithTheOptionsGiven) {
  temporary_.add_image('1', {}, {});
  ::setenv("POD_TEST_ANSWER", kOne.c_str(), 1);
  images::PullOptions options;
  options.quiet = true;
  options.platform = "linux/arm64";
  options.tls_verify = false;

  EXPECT_EQ(images::ensure(home(), "alpine", options).image.id, kOne);
  EXPECT_EQ(asked(),
            "pull --quiet --policy=missing --platform=linux/arm64 --tls-verify=false alpine\n");
}

TEST_F(EnsureTest, ObeysThePolicy) {
  temporary_.add_image('1', {}, {"docker.io/library/alpine:latest"});
  images::PullOptions never;
  never.policy = images::PullPolicy::Never;
  images::PullOptions always;
  always.policy = images::PullPolicy::Always;
  images::PullOptions newer;
  newer.policy = images::PullPolicy::Newer;

  EXPECT_THROW(images::ensure(home(), "busybox", never), base::Error);
  EXPECT_EQ(images::ensure(home(), "alpine", never).image.id, kOne);
  EXPECT_EQ(asked(), "");
  EXPECT_THROW(images::ensure(home(), "alpine", always), base::Error);
  EXPECT_EQ(asked(), "pull alpine\n");
  EXPECT_EQ(images::ensure(home(), "alpine", newer).image.id, kOne);
  EXPECT_EQ(asked(), "pull --policy=newer alpine\n");
  EXPECT_EQ(images::parse_pull_policy("IfNotPresent"), images::PullPolicy::Missing);
  EXPECT_THROW(images::parse_pull_policy("sometimes"), base::Error);
}

TEST_F(EnsureTest, PullsAnotherPlatformOfAnImageThatIsThere) {
  temporary_.add_image('1', {}, {"docker.io/library/alpine:latest"});
  images::PullOptions options;
  options.platform = "linux/s390x";

  EXPECT_THROW(images::ensure(home(), "alpine", options), base::Error);
  EXPECT_EQ(asked(), "pull --policy=missing --platform=linux/s390x alpine\n");
}

TEST_F(EnsureTest, DoesNotAskForWhatIsNoName) {
  EXPECT_THROW(images::ensure(home(), "No Name", {}), base::Error);
  EXPECT_EQ(asked(), "");
}

}  // namespace
