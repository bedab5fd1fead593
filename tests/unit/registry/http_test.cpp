#include "pkg/registry/http.hpp"

#include "pkg/registry/http_url.hpp"
#include "tests/support/registry.hpp"
#include "tests/unit/registry/registry_test.hpp"

#include <cstdlib>

namespace {

using HttpTest = RegistryTest;

TEST_F(HttpTest, GoesThroughTheProxyOfTheEnvironment) {
  support::Registry proxy(nullptr);
  ::setenv("http_proxy", proxy.url().c_str(), 1);
  registry::Http http({});

  const registry::Answer answer = http.ask(
      {.url = "http://registry.invalid/v2/", .authorization = "Basic x", .headers = {}, .form = {}},
      1000);

  EXPECT_EQ(answer.head.status, 404);  // the proxy knows no such place, but it was asked
  ASSERT_EQ(proxy.asked().size(), 1U);
  EXPECT_EQ(proxy.asked()[0].target, "http://registry.invalid/v2/");
  EXPECT_EQ(proxy.asked()[0].field("host"), "registry.invalid");
}

TEST_F(HttpTest, RedirectMayBeRelative) {
  support::Registry server(nullptr);
  server.tell(support::first(1, [](const support::Asked&) { return true; },
                             {.status = 307, .fields = {{"Location", "/v2/"}}, .body = "moved"}));
  registry::Http http({});

  const registry::Answer answer = http.ask(
      {.url = server.url() + "/a/b", .authorization = "Basic x", .headers = {}, .form = {}}, 1000);

  EXPECT_EQ(answer.body, "{}");
  EXPECT_FALSE(answer.head.is_elsewhere);
  EXPECT_EQ(server.asked()[1].field("authorization"), "Basic x");
}

TEST_F(HttpTest, FieldsAreFoundWhateverTheirLetters) {
  support::Registry server(nullptr);
  server.tell(support::first(1, [](const support::Asked&) { return true; },
                             {.fields = {{"X-One", "a"}, {"x-one", "b"}}}));
  registry::Http http({});

  const registry::Answer answer =
      http.ask({.url = server.url() + "/", .authorization = "", .headers = {}, .form = {}}, 1000);

  EXPECT_EQ(answer.head.find("x-one"), "a");
  EXPECT_EQ(answer.head.find_all("x-one").size(), 2U);
  EXPECT_EQ(answer.head.find("x-two"), std::nullopt);
}

TEST(Url, ShowsOnlyItsOrigin) {
  EXPECT_EQ(registry::origin_of("https://user:secret@Quay.io/a?b=c"), "https://quay.io");
  EXPECT_EQ(registry::origin_of("http://[::1]:5000/a"), "http://[::1]:5000");
  EXPECT_EQ(registry::origin_of("not an address"), "an unreadable address");
}

TEST(Url, LosesUserAndPasswordOfARedirect) {
  EXPECT_EQ(registry::resolve_url("https://a/b/c", "https://u:p@x/y#z"), "https://x/y");
  EXPECT_EQ(registry::resolve_url("https://a/b/c?q", "../d"), "https://a/d");
  EXPECT_EQ(registry::resolve_url("https://a/b", "//x/y"), "https://x/y");
}

}  // namespace
