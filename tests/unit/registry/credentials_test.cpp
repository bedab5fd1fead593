#include "pkg/registry/credentials.hpp"

#include "pkg/base/base64.hpp"
#include "pkg/base/error.hpp"
#include "pkg/sys/dir.hpp"
#include "pkg/sys/file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace {

std::string entry(const std::string& user) {
  return R"({"auth":")" + base::base64_encode(user + ":secret:with:colons") + "\"}";
}

// The user found for a repository in a file of this text, "" for none.
std::string user_of(const std::string& text, const std::string& registry,
                    const std::string& repository) {
  const auto found = registry::find_in_auth_file(base::Json::parse(text), registry, repository);
  return found ? found->user : "";
}

TEST(Credentials, LongestKeyWins) {
  const std::string file = R"({"auths":{"quay.io":)" + entry("host") + R"(,"quay.io/a":)" +
                           entry("space") + R"(,"quay.io/a/b":)" + entry("repository") + "}}";

  EXPECT_EQ(user_of(file, "quay.io", "a/b"), "repository");
  EXPECT_EQ(user_of(file, "quay.io", "a/c"), "space");
  EXPECT_EQ(user_of(file, "quay.io", "ab/c"), "host");
  EXPECT_EQ(user_of(file, "quay.io:443", "a/b"), "");
}

TEST(Credentials, DockerHubHasManyNames) {
  for (const char* key :
       {"docker.io", "index.docker.io", "registry-1.docker.io", "https://index.docker.io/v1/"}) {
    const std::string file = R"({"auths":{")" + std::string(key) + "\":" + entry("me") + "}}";
    EXPECT_EQ(user_of(file, "docker.io", "library/alpine"), "me") << key;
    EXPECT_EQ(user_of(file, "quay.io", "library/alpine"), "") << key;
  }
}

TEST(Credentials, KeepColonsOfThePasswordAndLoseTrailingZeros) {
  const std::string text =
      R"({"auths":{"h":{"auth":")" + base::base64_encode(std::string("u:p:q\0\0", 7)) + "\"}}}";

  const auto found = registry::find_in_auth_file(base::Json::parse(text), "h", "x");

  ASSERT_TRUE(found);
  EXPECT_EQ(found->password, "p:q");
}

TEST(Credentials, IdentityTokensAreNoPasswords) {
  const std::string text = R"({"auths":{"h":{"auth":"","identitytoken":"tok"}}})";

  const auto found = registry::find_in_auth_file(base::Json::parse(text), "h", "x");

  ASSERT_TRUE(found);
  EXPECT_EQ(found->identity_token, "tok");
  EXPECT_EQ(found->password, "");
}

TEST(Credentials, FlagIsUserAndPassword) {
  const auto found = registry::parse_credentials("me:a:b");
  EXPECT_EQ(found.user, "me");
  EXPECT_EQ(found.password, "a:b");
  try {
    registry::parse_credentials("hunter2");
    FAIL() << "taken";
  } catch (const base::Error& error) {
    EXPECT_THAT(error.what(), testing::Not(testing::HasSubstr("hunter2")));
  }
}

// Has a folder of its own, in front of PATH, for credential programs and auth files.
class CredentialFiles : public testing::Test {
 protected:
  CredentialFiles() : path_(std::getenv("PATH")) {
    std::string name = testing::TempDir() + "pod-credentials-XXXXXX";
    folder_ = ::mkdtemp(name.data());
    ::setenv("PATH", (folder_ + ":" + path_).c_str(), 1);
  }
  ~CredentialFiles() override {
    ::setenv("PATH", path_.c_str(), 1);
    sys::remove_tree(folder_);
  }

  std::string write(const std::string& name, const std::string& text) const {
    const std::string file = folder_ + "/" + name;
    sys::create_file(file, text, 0755);
    return file;
  }
  void write_program(const std::string& name, const std::string& body) const {
    write("docker-credential-" + name, "#!/bin/sh\nread server\n" + body + "\n");
  }

  std::string folder_;
  std::string path_;
};

TEST_F(CredentialFiles, ProgramOfOneRegistryComesFirst) {
  write_program("one",
                R"(printf '{"ServerURL":"%s","Username":"for %s","Secret":"s"}' x "$server")");
  const std::string file = R"({"credHelpers":{"quay.io":"one"},"auths":{"quay.io":)" +
                           entry("file") + R"(,"other":)" + entry("file") + "}}";

  EXPECT_EQ(user_of(file, "quay.io", "a"), "for quay.io");
  EXPECT_EQ(user_of(file, "other", "a"), "file");
}

TEST_F(CredentialFiles, StoreIsAskedWhenTheEntryIsEmpty) {
  write_program("store", R"(printf '{"Username":"for %s","Secret":"s"}' "$server")");
  const std::string file = R"({"credsStore":"store","auths":{"https://index.docker.io/v1/":{}}})";

  EXPECT_EQ(user_of(file, "docker.io", "library/alpine"), "for https://index.docker.io/v1/");
}

TEST_F(CredentialFiles, ProgramThatKnowsNothingMeansAnonymous) {
  write_program("empty", "echo 'credentials not found in native keychain'; exit 1");

  EXPECT_EQ(user_of(R"({"credsStore":"empty"})", "quay.io", "a"), "");
}

TEST_F(CredentialFiles, ProgramThatFailsIsAnErrorWithoutItsOutput) {
  write_program("bad", "echo hunter2; exit 3");
  write_program("odd", "echo hunter2");
  for (const char* name : {"bad", "odd", "missing", "../x"}) {
    const std::string file = R"({"credsStore":")" + std::string(name) + "\"}";
    try {
      user_of(file, "quay.io", "a");
      FAIL() << name;
    } catch (const base::Error& error) {
      EXPECT_THAT(error.what(), testing::HasSubstr(name));
      EXPECT_THAT(error.what(), testing::Not(testing::HasSubstr("hunter2")));
    }
  }
}

TEST_F(CredentialFiles, UserTokenFromAProgramIsAnIdentityToken) {
  write_program("token", R"(echo '{"Username":"<token>","Secret":"tok"}')");

  const auto found =
      registry::find_in_auth_file(base::Json::parse(R"({"credsStore":"token"})"), "quay.io", "a");

  ASSERT_TRUE(found);
  EXPECT_EQ(found->identity_token, "tok");
}

TEST_F(CredentialFiles, FirstFileThatKnowsTheRegistryWins) {
  const std::string files[] = {
      write("broken", "{"),
      write("other", R"({"auths":{"other":)" + entry("wrong") + "}}"),
      write("first", R"({"auths":{"quay.io":)" + entry("first") + "}}"),
      write("second", R"({"auths":{"quay.io":)" + entry("second") + "}}"),
  };

  const auto found =
      registry::find_credentials({std::begin(files), std::end(files)}, "quay.io", "a");

  ASSERT_TRUE(found);
  EXPECT_EQ(found->user, "first");
  EXPECT_EQ(found->source, files[2]);
}

TEST_F(CredentialFiles, NamedFileMustExist) {
  EXPECT_THROW(registry::find_auth_files({}, folder_ + "/none"), base::Error);
}

TEST_F(CredentialFiles, PlacesAreAskedInPodmansOrder) {
  home::Home home;
  home.config = folder_ + "/config";
  sys::make_dirs(folder_ + "/run/containers");
  sys::make_dirs(home.config + "/containers");
  sys::make_dirs(folder_ + "/docker");
  write("run/containers/auth.json", "{}");
  write("config/containers/auth.json", "{}");
  write("docker/config.json", "{}");
  ::setenv("XDG_RUNTIME_DIR", (folder_ + "/run").c_str(), 1);
  ::setenv("DOCKER_CONFIG", (folder_ + "/docker").c_str(), 1);
  ::unsetenv("REGISTRY_AUTH_FILE");

  const auto files = registry::find_auth_files(home, "");

  ASSERT_GE(files.size(), 3U);
  EXPECT_EQ(files[0], folder_ + "/run/containers/auth.json");
  EXPECT_EQ(files[1], home.config + "/containers/auth.json");
  EXPECT_EQ(files[2], folder_ + "/docker/config.json");
}

}  // namespace
