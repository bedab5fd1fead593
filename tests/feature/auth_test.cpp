// The ways into a registry, and that nobody else learns how we got in.
#include "pkg/base/base64.hpp"
#include "tests/support/home.hpp"
#include "tests/support/image.hpp"
#include "tests/support/registry.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <thread>

namespace {

namespace fs = std::filesystem;

using support::Asked;
using support::Registry;
using support::Reply;
using support::Result;
using support::Words;
using testing::HasSubstr;
using testing::Not;

Reply json(const std::string& body) {
  return {.fields = {{"Content-Type", "application/json"}}, .body = body, .claimed_length = {}};
}

class Auth : public support::Home {
 protected:
  void SetUp() override {
    Home::SetUp();
    image_ = support::make_registry_image({support::make_image_tar()});
    server_.add(image_, "1");
  }

  std::string name() const { return server_.host() + "/team/app:1"; }
  void write_auth(const std::string& entry) const {
    write("config/containers/auth.json", R"({"auths":{")" + server_.host() + "\":" + entry + "}}");
  }
  // Tokens are given by `give`; blobs and manifests want the newest one.
  void demand_tokens(std::function<std::optional<Reply>(const Asked&)> give) {
    server_.demand("Bearer t1", "Bearer realm=\"" + server_.url() + "/token\",service=\"s,t\"");
    server_.tell([give = std::move(give)](const Asked& asked) -> std::optional<Reply> {
      if (asked.target.starts_with("/token")) return give(asked);
      return std::nullopt;
    });
  }
  void expect_pulled() const {
    const Result result = pod({"--log-level", "debug", "pull", name()});
    EXPECT_EQ(result.status, 0) << result;
    EXPECT_EQ(result.line(), image_.id());
    EXPECT_THAT(result.err, Not(HasSubstr("hunter2")));
    EXPECT_THAT(result.err, Not(HasSubstr(base::base64_encode("me:hunter2"))));
  }

  Registry server_{nullptr};
  support::RegistryImage image_;
};

TEST_F(Auth, AnonymousTokensAreEnough) {
  demand_tokens([](const Asked& asked) -> std::optional<Reply> {
    if (!asked.field("authorization").empty()) return support::refusal(400, "X", "who are you");
    return json(R"({"access_token":"t1"})");
  });

  expect_pulled();

  EXPECT_EQ(server_.count([](const Asked& asked) {
    return asked.target == "/token?service=s%2Ct&scope=repository%3Ateam%2Fapp%3Apull";
  }),
            1U);
}

TEST_F(Auth, PasswordIsForTheTokenServerOnly) {
  const std::string basic = "Basic " + base::base64_encode("me:hunter2");
  write_auth(R"({"auth":")" + base::base64_encode("me:hunter2") + "\"}");
  demand_tokens([basic](const Asked& asked) -> std::optional<Reply> {
    if (asked.field("authorization") != basic) return support::refusal(401, "DENIED", "no");
    return json(R"({"token":"t1"})");
  });

  expect_pulled();

  EXPECT_EQ(server_.count([&](const Asked& asked) {
    return asked.target.starts_with("/v2/") && asked.field("authorization") == basic;
  }),
            0U);
}

TEST_F(Auth, IdentityTokenIsTradedForAToken) {
  write_auth(R"({"auth":"","identitytoken":"hunter2"})");
  demand_tokens([](const Asked& asked) -> std::optional<Reply> {
    if (asked.method != "POST" || asked.body.find("refresh_token=hunter2") == std::string::npos) {
      return support::refusal(401, "DENIED", "no");
    }
    return json(R"({"access_token":"t1","refresh_token":"other"})");
  });

  expect_pulled();
}

TEST_F(Auth, TokenThatRunsOutBetweenManifestAndLayersIsRenewed) {
  int given = 0;
  bool has_expired = false;
  const std::string challenge = "Bearer realm=\"" + server_.url() + "/token\"";
  server_.tell([&](const Asked& asked) -> std::optional<Reply> {
    if (asked.target.starts_with("/token")) {
      return json(R"({"token":"t)" + std::to_string(++given) + "\"}");
    }
    has_expired = has_expired || asked.is_blob();
    const std::string wanted = has_expired ? "Bearer t2" : "Bearer t1";
    if (asked.field("authorization") == wanted) return std::nullopt;
    Reply refused = support::refusal(401, "UNAUTHORIZED", "token expired");
    refused.fields.emplace_back("WWW-Authenticate", challenge + ",error=\"invalid_token\"");
    return refused;
  });

  expect_pulled();

  EXPECT_EQ(given, 2);
}

TEST_F(Auth, TokenThatRunsOutInTheMiddleOfALayerIsRenewed) {
  int given = 0;
  bool was_cut = false;
  const std::string challenge = "Bearer realm=\"" + server_.url() + "/token\"";
  const std::string layer = image_.layers[0].digest;
  server_.tell([&](const Asked& asked) -> std::optional<Reply> {
    if (asked.target.starts_with("/token")) {
      return json(R"({"token":"t)" + std::to_string(++given) + "\"}");
    }
    const std::string wanted = was_cut ? "Bearer t2" : "Bearer t1";
    if (asked.field("authorization") != wanted) {
      Reply refused = support::refusal(401, "UNAUTHORIZED", "token expired");
      refused.fields.emplace_back("WWW-Authenticate", challenge);
      return refused;
    }
    if (was_cut || asked.target.find(layer) == std::string::npos) return std::nullopt;
    was_cut = true;
    return Reply{.body = image_.layers[0].bytes, .claimed_length = {}, .cut_after = 300'000};
  });

  expect_pulled();

  EXPECT_EQ(given, 2);
  EXPECT_EQ(server_.count([](const Asked& asked) { return !asked.field("range").empty(); }), 2U);
}

TEST_F(Auth, WrongPasswordNamesItsFileAndNothingElse) {
  write_auth(R"({"auth":")" + base::base64_encode("me:hunter2") + "\"}");
  server_.demand("Basic other", "Basic realm=\"x\"");

  const Result result = pod({"--log-level", "debug", "pull", name()});

  EXPECT_EQ(result.status, 125);
  EXPECT_THAT(result.err, HasSubstr("401 unauthorized"));
  EXPECT_THAT(result.err, HasSubstr(root() + "/config/containers/auth.json"));
  EXPECT_THAT(result.err, Not(HasSubstr("hunter2")));
}

TEST_F(Auth, ProgramsOfRegistriesConfAreAskedInOrder) {
  server_.demand("Basic " + base::base64_encode("me:hunter2"), "Basic realm=\"x\"");
  const std::string program = write("bin/docker-credential-test",
                                    "#!/bin/sh\nread server\n[ \"$server\" = '" + server_.host() +
                                        "' ] && echo '{\"Username\":\"me\",\"Secret\":"
                                        "\"hunter2\"}'\n");
  fs::permissions(program, fs::perms::owner_all);
  write("config/containers/registries.conf",
        "credential-helpers = [\"containers-auth.json\", \"test\"]\n");
  support::Start made = start();
  made.environment["PATH"] = root() + "/bin:" + std::getenv("PATH");

  const Result result = support::run(words({"pull", "-q", name()}), made);

  EXPECT_EQ(result.line(), image_.id()) << result;
}

// Everything that can be read about the processes below us.
std::string process_list() {
  std::string all;
  for (const std::string& line : support::descendants()) {
    const std::string pid = line.substr(0, line.find(' '));
    for (const char* name : {"cmdline", "environ"}) {
      std::ifstream file("/proc/" + pid + "/" + name);
      std::stringstream text;
      text << file.rdbuf();
      all += text.str() + "\n";
    }
  }
  return all;
}

TEST_F(Auth, CommandLinesDoNotShowCredentials) {
  server_.demand("Basic " + base::base64_encode("me:hunter2"), "Basic realm=\"x\"");
  const Words cases[] = {
      {"pull", "--creds", "me:hunter2", name()},
      {"run", "--rm", "--network", "none", "--creds=me:hunter2", name(), "probe", "print", "x"},
      {"create", "--network", "none", "--creds", "me:hunter2", name()},
  };
  for (const Words& words_of_case : cases) {
    server_.tell(support::first(99, [](const Asked& asked) { return asked.is_blob(); },
                                {.status = 503, .fields = {}, .claimed_length = {}}));
    const std::size_t before = server_.asked().size();
    support::Program program(words(words_of_case), start());
    for (int tries = 0; tries < 500 && server_.asked().size() < before + 3; ++tries) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }

    const std::string seen = process_list();

    server_.tell({});
    EXPECT_THAT(seen, HasSubstr("pod-transfer")) << words_of_case[0];
    EXPECT_THAT(seen, Not(HasSubstr("hunter2"))) << words_of_case[0];
    EXPECT_EQ(program.wait().status, 0) << words_of_case[0];
    must({"rm", "--all", "--force"});
    must({"rmi", "--all", "--force"});
  }
}

TEST_F(Auth, CreatedContainersDoNotRememberCredentials) {
  server_.demand("Basic " + base::base64_encode("me:hunter2"), "Basic realm=\"x\"");

  must({"create", "--name", "made", "--network", "none", "--creds", "me:hunter2", name()});

  EXPECT_THAT(must({"inspect", "made"}), Not(HasSubstr("hunter2")));
}

TEST_F(Auth, PullsLeaveNoCoreFile) {
  server_.demand("Basic " + base::base64_encode("me:hunter2"), "Basic realm=\"x\"");
  server_.tell(
      support::first(99, [](const Asked& asked) { return asked.is_blob(); },
                     {.status = 503, .fields = {{"Retry-After", "5"}}, .claimed_length = {}}));
  support::Program pull({support::transfer_program(), "pull", "--creds", "me:hunter2", name()},
                        start());
  for (int tries = 0; tries < 500 && server_.count([](const Asked& a) { return a.is_blob(); }) == 0;
       ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }

  std::ifstream limits("/proc/" + std::to_string(pull.pid()) + "/limits");
  std::stringstream text;
  text << limits.rdbuf();
  EXPECT_THAT(text.str(), testing::ContainsRegex("Max core file size *0 *0"));
  EXPECT_FALSE(std::ifstream("/proc/" + std::to_string(pull.pid()) + "/mem").is_open());
  pull.signal(SIGABRT);
  EXPECT_EQ(pull.wait().status, 128 + SIGABRT);
}

}  // namespace
