// pull, against a registry of our own over TLS, honest or not.
#include "tests/support/home.hpp"
#include "tests/support/image.hpp"
#include "tests/support/registry.hpp"
#include "tests/support/registry_docker.hpp"

#include <gmock/gmock.h>

#include <csignal>
#include <filesystem>
#include <optional>

using ::testing::HasSubstr;
using ::testing::Not;

namespace {

bool is_blob(const support::Asked& asked) {
  return asked.is_blob();
}
bool is_manifest(const support::Asked& asked) {
  return asked.is_manifest();
}

support::Registry::Lie always(bool (*is_meant)(const support::Asked&), support::Reply reply) {
  return support::first(1000, is_meant, std::move(reply));
}

}  // namespace

class Pull : public support::Home {
 protected:
  void SetUp() override {
    Home::SetUp();
    std::filesystem::create_directory(root() + "/authority");
    authority_.emplace(root() + "/authority");
    server_ = std::make_unique<support::Registry>(&*authority_);
    trust(server_->host());
    image_ = support::make_registry_image({support::make_image_tar()});
    server_->add(image_, "1");
  }

  void trust(const std::string& host) const {
    const std::string folder = root() + "/config/containers/certs.d/" + host;
    std::filesystem::create_directories(folder);
    std::filesystem::copy(authority_->authority(), folder + "/ca.crt");
  }

  std::string name(const std::string& tag = ":1") const {
    return server_->host() + "/team/app" + tag;
  }

  // A pull that has to fail, and to leave nothing behind.
  support::Result refused() const {
    const auto result = pod({"pull", "--retry", "1", "--retry-delay", "10ms", name()}, "", 60);
    EXPECT_EQ(result.status, 125) << result;
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(must({"images", "-q"}), "");
    expect_nothing_left();
    return result;
  }

  std::optional<support::Authority> authority_;
  std::unique_ptr<support::Registry> server_;
  support::RegistryImage image_;
};

TEST_F(Pull, PrintsTheIdAndTheImageRuns) {
  const auto result = pod({"pull", name()});

  EXPECT_EQ(result.status, 0) << result;
  EXPECT_EQ(result.line(), image_.id());
  EXPECT_EQ(must({"run", "--rm", "--network", "none", name(), "probe", "print", "one"}), "one");
}

TEST_F(Pull, TakesDigests) {
  EXPECT_EQ(must({"pull", "-q", name("@" + image_.manifest.digest)}), image_.id());
  EXPECT_EQ(must({"image", "inspect", "-f", "{{.Id}}", name("@" + image_.manifest.digest)}),
            image_.id());
}

TEST_F(Pull, ChoosesThePlatform) {
  const auto other = support::make_registry_image({support::make_image_tar()},
                                                  support::ImageFormat::Oci, "riscv64");
  server_->add(other);
  server_->add_manifest(support::make_index({other, image_}, support::ImageFormat::Oci, true),
                        "all");

  EXPECT_EQ(must({"pull", "-q", name(":all")}), image_.id());
  EXPECT_EQ(must({"pull", "-q", "--platform", "linux/riscv64", name(":all")}), other.id());
  EXPECT_EQ(pod({"pull", "-q", "--platform", "linux/s390x", name(":all")}).status, 125);
}

TEST_F(Pull, RunFetchesWhatIsMissing) {
  const auto result = pod({"run", "--rm", "--network", "none", name(), "probe", "print", "one"});

  EXPECT_EQ(result.status, 0) << result;
  EXPECT_EQ(result.out, "one\n");
}

TEST_F(Pull, FetchesNothingTwice) {
  must({"pull", name()});
  const std::size_t before = server_->count(is_blob);

  must({"pull", name()});

  EXPECT_EQ(server_->count(is_blob), before);
}

TEST_F(Pull, TwoAtOnceFetchOnce) {
  support::Program one(words({"pull", "-q", name()}), start());
  support::Program two(words({"pull", "-q", name()}), start());

  EXPECT_EQ(one.wait(30).line(), image_.id());
  EXPECT_EQ(two.wait(30).line(), image_.id());
  const std::string layer = image_.layers[0].digest;
  EXPECT_EQ(server_->count(
                [&](const auto& asked) { return asked.target.find(layer) != std::string::npos; }),
            1U);
}

TEST_F(Pull, TrustsOnlyWhomItIsTold) {
  std::filesystem::remove_all(root() + "/config/containers");

  EXPECT_EQ(pod({"pull", "--retry", "0", name()}).status, 125);
  EXPECT_EQ(pod({"pull", "--tls-verify=false", name()}).status, 0);
}

TEST_F(Pull, RefusesAWrongDigest) {
  support::Reply lie;
  lie.body = std::string(image_.layers[0].bytes.size(), 'x');
  server_->tell(always(is_blob, lie));

  refused();
}

TEST_F(Pull, RefusesAShortBody) {
  server_->tell([&](const support::Asked& asked) -> std::optional<support::Reply> {
    if (!is_blob(asked)) return std::nullopt;
    support::Reply lie;
    lie.body = image_.layers[0].bytes.substr(0, 1000);
    return lie;
  });

  refused();
}

TEST_F(Pull, RefusesALoopOf401) {
  support::Reply lie = support::refusal(401, "UNAUTHORIZED", "no");
  lie.fields.emplace_back("WWW-Authenticate", "Basic realm=\"x\"");
  server_->tell(always(is_manifest, lie));

  EXPECT_THAT(refused().err, HasSubstr(server_->host()));
  EXPECT_LT(server_->asked().size(), 20U);
}

TEST_F(Pull, TriesAgainWhenTheServerIsBusy) {
  support::Reply busy = support::refusal(429, "TOOMANYREQUESTS", "later");
  busy.fields.emplace_back("Retry-After", "0");
  server_->tell(support::first(1, is_blob, busy));

  EXPECT_EQ(must({"pull", "-q", name()}), image_.id());
}

TEST_F(Pull, TriesAgainWhenTheServerStumbles) {
  server_->tell(support::first(1, is_manifest, support::refusal(500, "UNKNOWN", "oops")));

  EXPECT_EQ(must({"pull", "-q", "--retry-delay", "10ms", name()}), image_.id());
}

TEST_F(Pull, GivesUpInTheEnd) {
  server_->tell(always(is_manifest, support::refusal(500, "UNKNOWN", "oops")));

  EXPECT_THAT(refused().err, HasSubstr("500"));
}

TEST_F(Pull, NeverTakesCredentialsToAnotherHost) {
  support::Registry other(nullptr);
  other.add(image_, "1");
  server_->demand("Basic dXNlcjpzZWNyZXQ=", "Basic realm=\"x\"");  // user:secret
  server_->tell([&](const support::Asked& asked) -> std::optional<support::Reply> {
    if (!asked.is_blob() || asked.field("authorization").empty()) return std::nullopt;
    support::Reply away;
    away.status = 307;
    away.fields.emplace_back("Location",
                             "http://127.0.0.1:" + std::to_string(other.port()) + asked.target);
    return away;
  });

  pod({"pull", "--retry", "0", "--creds", "user:secret", name()});

  EXPECT_FALSE(other.has_seen("dXNlcjpzZWNyZXQ="));
  EXPECT_FALSE(other.has_seen("secret"));
}

TEST_F(Pull, CompletesAfterItWasKilled) {
  support::Reply slow;
  slow.body = image_.layers[0].bytes;
  slow.piece = 1000;
  slow.pause = std::chrono::milliseconds(5);
  const std::string layer = image_.layers[0].digest;
  server_->tell(support::first(
      1, [layer](const auto& asked) { return asked.target.find(layer) != std::string::npos; },
      slow));
  support::Program program(words({"pull", name()}), start());
  for (int tries = 0; tries < 200 && server_->count(is_blob) == 0; ++tries) {
    support::run({"sleep", "0.02"});
  }
  support::run({"sleep", "0.2"});

  program.signal(SIGKILL);
  program.wait();

  EXPECT_TRUE(support::wait_for_no_descendants());
  EXPECT_EQ(must({"images", "-q"}), "");
  EXPECT_EQ(must({"pull", "-q", name()}), image_.id());
  EXPECT_EQ(must({"run", "--rm", "--network", "none", name(), "probe", "print", "one"}), "one");
  expect_nothing_left();
}

TEST_F(Pull, LeavesNothingWhenItIsInterrupted) {
  support::Reply slow;
  slow.body = image_.layers[0].bytes;
  slow.piece = 1000;
  slow.pause = std::chrono::milliseconds(5);
  server_->tell(support::first(1, is_blob, slow));
  support::Program program(words({"pull", name()}), start());
  for (int tries = 0; tries < 200 && server_->count(is_blob) == 0; ++tries) {
    support::run({"sleep", "0.02"});
  }

  program.signal(SIGINT);

  EXPECT_NE(program.wait().status, 0);
  EXPECT_EQ(must({"images", "-q"}), "");
  expect_nothing_left();
}

TEST_F(Pull, NamesWhatIsMissing) {
  EXPECT_THAT(pod({"pull", name(":missing")}).err, HasSubstr("missing"));
  EXPECT_EQ(pod({"pull", "Not A Name"}).status, 125);
  EXPECT_EQ(pod({"pull", "--policy", "never", name()}).status, 125);
}

TEST_F(Pull, WorksWithTheRegistryThatEverybodyRuns) {
  if (const auto why = support::why_no_docker_registry(); !why.empty()) GTEST_SKIP() << why;
  support::DockerRegistry registry(root() + "/registry", *authority_);
  trust(registry.host());
  registry.push("team/app", "1", image_);

  EXPECT_EQ(must({"pull", "-q", registry.host() + "/team/app:1"}), image_.id());
  EXPECT_EQ(must({"pull", "-q", registry.host() + "/team/app@" + image_.manifest.digest}),
            image_.id());
}
