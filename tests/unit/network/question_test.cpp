#include "network/question.hpp"

#include <gmock/gmock.h>

namespace {

using network::Question;
using testing::HasSubstr;
using testing::Not;

TEST(Question, IsARequestOfHttp) {
  Question question{.is_http = true, .host = "localhost", .port = "80", .path = "/up"};
  question.headers = {"host: example.com", "A: b"};

  const std::string text = network::request_text(question);

  EXPECT_THAT(text, testing::StartsWith("GET /up HTTP/1.1\r\n"));
  EXPECT_THAT(text, HasSubstr("\r\nhost: example.com\r\nA: b\r\n"));
  EXPECT_THAT(text, Not(HasSubstr("localhost")));
  EXPECT_THAT(text, testing::EndsWith("Connection: close\r\n\r\n"));
}

TEST(Question, HasAnAnswerOnlyInHttp) {
  EXPECT_EQ(network::status_of("HTTP/1.1 204 No Content"), 204);
  EXPECT_EQ(network::status_of("HTTP/1.0 503"), 503);
  EXPECT_EQ(network::status_of("SSH-2.0-OpenSSH"), 0);
  EXPECT_EQ(network::status_of("HTTP/1.1"), 0);
  EXPECT_EQ(network::status_of(""), 0);
}

TEST(Question, IsNotWellWhereNobodyListens) {
  EXPECT_FALSE(network::ask({.host = "127.0.0.1", .port = "1"}, -1));
  EXPECT_FALSE(network::ask({.host = "no such host", .port = "1"}, -1));
}

}  // namespace
