// `login` and `logout`: held against the registry, kept where podman and docker keep it.
#include "pkg/base/base64.hpp"
#include "tests/support/home.hpp"
#include "tests/support/registry.hpp"
#include "tests/support/registry_docker.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/tar_text.hpp"

#include <gmock/gmock.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

namespace {

namespace fs = std::filesystem;

using support::Registry;
using support::Result;
using support::Words;
using testing::HasSubstr;
using testing::Not;

std::string read(const std::string& file) {
  std::ifstream stream(file);
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

class Login : public support::Home {
 protected:
  void SetUp() override {
    Home::SetUp();
    server_.demand("Basic " + base::base64_encode("me:hunter2"), "Basic realm=\"x\"");
  }

  std::string file() const { return root() + "/run/containers/auth.json"; }
  base::Json auths(const std::string& file) const {
    return base::Json::parse(read(file)).at("auths");
  }
  static base::Json entry(const std::string& login) {
    return base::Json::object({{"auth", base::base64_encode(login)}});
  }
  // A credential program that keeps what it is told in a file of its own.
  support::Start with_program() const {
    const std::string program = write("bin/docker-credential-test",
                                      "#!/bin/sh\ncd '" + root() +
                                          "'\necho \"$1\" >>said\ncase $1 in\n"
                                          "store) cat >kept ;;\n"
                                          "get) [ -s kept ] || { echo credentials not found in "
                                          "native keychain; exit 1; }; cat kept ;;\n"
                                          "erase) rm -f kept ;;\nesac\n");
    fs::permissions(program, fs::perms::owner_all);
    support::Start made = start();
    made.environment["PATH"] = root() + "/bin:" + std::getenv("PATH");
    return made;
  }

  Registry server_{nullptr};
};

TEST_F(Login, IsHeldAgainstTheRegistryAndKept) {
  const Result result =
      pod({"login", "-u", "me", "--password-stdin", "--verbose", server_.host()}, "hunter2\n");

  EXPECT_EQ(result.status, 0) << result;
  EXPECT_EQ(result.out, "Login Succeeded!\nUsed: " + file() + "\n");
  EXPECT_EQ(auths(file()), base::Json::object({{server_.host(), entry("me:hunter2")}}));
  EXPECT_EQ(fs::status(file()).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(must({"login", "--get-login", server_.host()}), "me");
  EXPECT_THAT(must({"login", server_.host()}), HasSubstr("Already logged in"));
}

TEST_F(Login, WrongPasswordIsRefusedAndNotKept) {
  const Result result = pod(
      {"--log-level", "debug", "login", "-u", "me", "--password-stdin", server_.host()}, "geheim");

  EXPECT_EQ(result.status, 125);
  EXPECT_THAT(result.err, HasSubstr("wrong user name or password"));
  EXPECT_THAT(result.err, Not(HasSubstr("geheim")));
  EXPECT_FALSE(fs::exists(file()));
  EXPECT_EQ(pod({"login", "--get-login", server_.host()}).status, 125);
}

TEST_F(Login, TokenServerIsAsked) {
  const std::string basic = "Basic " + base::base64_encode("me:hunter2");
  server_.demand("Bearer t", "Bearer realm=\"" + server_.url() + "/token\",service=\"s\"");
  server_.tell([&](const support::Asked& asked) -> std::optional<support::Reply> {
    if (!asked.target.starts_with("/token")) return std::nullopt;
    if (asked.field("authorization") != basic) return support::refusal(401, "DENIED", "no");
    return support::Reply{.fields = {}, .body = R"({"token":"t"})", .claimed_length = {}};
  });

  EXPECT_EQ(pod({"login", "-u", "me", "--password-stdin", server_.host()}, "wrong").status, 125);
  must({"login", "-u", "me", "--password-stdin", server_.host()}, "hunter2");

  EXPECT_EQ(server_.count([](const support::Asked& asked) {
    return asked.target.find("scope=") != std::string::npos;
  }),
            0U);
}

TEST_F(Login, TerminalIsAskedWithoutEcho) {
  support::Start terminal = start();
  terminal.terminal = true;
  support::Program login(words({"login", server_.host()}), terminal);

  EXPECT_TRUE(login.expect("Username: "));
  login.send("me\n");
  EXPECT_TRUE(login.expect("Password: "));
  login.send("hunter2\n");
  const Result result = login.wait();

  EXPECT_EQ(result.status, 0) << result;
  EXPECT_THAT(result.out, HasSubstr("Login Succeeded!"));
  EXPECT_THAT(result.out, Not(HasSubstr("hunter2")));
}

TEST_F(Login, PartsOfARegistryAndOthersStandBesideEachOther) {
  must({"login", "-u", "me", "--password-stdin", server_.host()}, "hunter2");
  must({"login", "-u", "me", "--password-stdin", server_.host() + "/team"}, "hunter2");
  EXPECT_EQ(auths(file()).as_object().size(), 2U);

  must({"logout", server_.host()});
  EXPECT_EQ(auths(file()), base::Json::object({{server_.host() + "/team", entry("me:hunter2")}}));

  const Result again = pod({"logout", server_.host()});
  EXPECT_EQ(again.status, 125);
  EXPECT_THAT(again.err, HasSubstr("not logged into " + server_.host()));

  EXPECT_EQ(must({"logout", "--all"}), "Removed login credentials for all registries");
  EXPECT_EQ(auths(file()), base::Json::object());
}

TEST_F(Login, WithoutAFolderOfTheSessionItLasts) {
  support::Start made = start();
  made.environment["XDG_RUNTIME_DIR"] = root() + "/none";
  made.environment["POD_RUNROOT"] = root() + "/run/pod";
  const auto run = [&](const Words& arguments, const std::string& input) {
    return support::run(words(arguments), made, input);
  };

  EXPECT_EQ(run({"login", "-u", "me", "--password-stdin", server_.host()}, "hunter2").status, 0);

  EXPECT_TRUE(fs::exists(root() + "/config/containers/auth.json"));
  EXPECT_EQ(run({"login", "--get-login", server_.host()}, "").out, "me\n");
  EXPECT_EQ(run({"logout", server_.host()}, "").status, 0);
}

TEST_F(Login, OtherMembersOfTheFileStay) {
  const std::string config =
      write("docker/config.json", R"({"auths":{"other.x":{"auth":"eDp5"}},"detachKeys":"ctrl-q"})");
  const std::string link = root() + "/link.json";
  fs::create_symlink(config, link);

  must({"login", "--compat-auth-file", link, "-u", "me", "--password-stdin", server_.host()},
       "hunter2");

  const base::Json content = base::Json::parse(read(config));
  EXPECT_EQ(content.at("detachKeys").as_string(), "ctrl-q");
  EXPECT_EQ(content.at("auths").as_object().size(), 2U);
  EXPECT_TRUE(fs::is_symlink(link));
  must({"logout", "--compat-auth-file", link, server_.host()});
  EXPECT_EQ(auths(config).as_object().size(), 1U);
}

TEST_F(Login, CredentialProgramsKeepTheSecret) {
  const support::Start environment = with_program();
  for (const std::string& how : {std::string(R"("credsStore":"test")"),
                                 R"("credHelpers":{")" + server_.host() + R"(":"test"})"}) {
    write("run/containers/auth.json", "{" + how + "}");
    const auto run = [&](const Words& arguments, const std::string& input) {
      return support::run(words(arguments), environment, input);
    };

    EXPECT_EQ(run({"login", "-u", "me", "--password-stdin", server_.host()}, "hunter2").status, 0);

    EXPECT_THAT(read(root() + "/kept"), HasSubstr("\"Secret\":\"hunter2\""));
    EXPECT_THAT(read(file()), Not(HasSubstr(base::base64_encode("me:hunter2"))));
    EXPECT_EQ(run({"login", "--get-login", server_.host()}, "").out, "me\n");
    EXPECT_EQ(run({"logout", server_.host()}, "").status, 0);
    EXPECT_FALSE(fs::exists(root() + "/kept"));
    EXPECT_EQ(run({"login", "--get-login", server_.host()}, "").status, 125);
  }
}

TEST_F(Login, FlagsThatDoNotGoTogetherAreRefused) {
  EXPECT_THAT(pod({"login", "--password-stdin", "x.y"}).err, HasSubstr("needs --username"));
  EXPECT_THAT(pod({"login", "-u", "a", "-p", "b", "--password-stdin", "x.y"}).err,
              HasSubstr("exclude each other"));
  EXPECT_THAT(pod({"login", "-u", "a", "-p", "b", "nohost"}).err, HasSubstr("nohost"));
  EXPECT_EQ(pod({"logout", "--all", "x.y"}).status, 125);
}

TEST_F(Login, GoesForPullsFromDockersRegistry) {
  SKIP_FOR(support::why_no_docker_registry());
  fs::create_directory(root() + "/pki");
  const support::Authority authority(root() + "/pki");
  fs::create_directory(root() + "/registry");
  support::DockerRegistry registry(root() + "/registry", authority, true);
  write("config/containers/certs.d/" + registry.host() + "/ca.crt", read(authority.authority()));
  const auto image = support::make_registry_image({support::TarText().file("a", "b").end()});
  registry.push("team/app", "1", image);
  const std::string name = registry.host() + "/team/app:1";

  const Result anonymous = pod({"pull", name});
  EXPECT_EQ(anonymous.status, 125);
  EXPECT_THAT(anonymous.err, HasSubstr("log in with `pod login " + registry.host() + "`"));

  EXPECT_EQ(pod({"login", "-u", "tester", "--password-stdin", registry.host()}, "no").status, 125);
  must({"login", "-u", "tester", "--password-stdin", registry.host()}, "a:secret");
  EXPECT_EQ(must({"pull", "-q", name}), image.id());

  must({"logout", registry.host()});
  EXPECT_EQ(pod({"pull", name}).status, 125);
}

}  // namespace
