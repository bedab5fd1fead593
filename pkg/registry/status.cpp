#include "pkg/registry/status.hpp"

#include "pkg/base/error.hpp"
#include "pkg/base/json.hpp"
#include "pkg/base/text.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace registry {
namespace {

constexpr std::size_t kLongestMessage = 200;

constexpr std::pair<int, std::string_view> kPhrases[] = {
    {400, "bad request"},
    {401, "unauthorized"},
    {403, "forbidden"},
    {404, "not found"},
    {405, "method not allowed"},
    {406, "not acceptable"},
    {408, "request timeout"},
    {410, "gone"},
    {416, "range not satisfiable"},
    {429, "too many requests"},
    {500, "internal server error"},
    {501, "not implemented"},
    {502, "bad gateway"},
    {503, "service unavailable"},
    {504, "gateway timeout"},
};

std::string with_phrase(int status) {
  std::string text = std::to_string(status);
  for (const auto& [number, phrase] : kPhrases) {
    if (number == status) return text + " " + std::string(phrase);
  }
  return text;
}

std::string clean(std::string_view text) {
  std::string out;
  for (const char letter : text.substr(0, kLongestMessage)) {
    const auto code = static_cast<unsigned char>(letter);
    out += code < ' ' || code == 127 ? ' ' : letter;
  }
  return out;
}

}  // namespace

std::string message_of(std::string_view body) try {
  const base::Json answer = base::Json::parse(body);
  const base::Json::Array& errors = answer.array_or_none("errors");
  if (errors.empty()) return clean(answer.string_or("message", answer.string_or("details", "")));
  std::string message = errors.front().string_or("message", "");
  if (message.empty()) message = base::lower(errors.front().string_or("code", ""));
  return clean(message);
} catch (const base::Error&) {
  return "";  // a page of a proxy, most often
}

std::string describe(const Answer& answer) {
  if (answer.ending.kind != Ending::Kind::Answered) return answer.ending.message;
  std::string phrase = with_phrase(answer.head.status);
  const std::string message = message_of(answer.body);
  if (message.empty() || phrase.ends_with(base::lower(message))) return phrase;
  return phrase + " (" + message + ")";
}

void wait_for(Http& http, std::chrono::milliseconds time) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point end = Clock::now() + time;
  while (Clock::now() < end) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
    http.turn(std::min(left + std::chrono::milliseconds(1), std::chrono::milliseconds(100)));
  }
}

}  // namespace registry
