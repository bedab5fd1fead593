// See the distribution project's "Token Authentication Specification" and "OAuth2 Token
// Authentication".
#include "pkg/registry/auth.hpp"

#include "pkg/base/base64.hpp"
#include "pkg/base/error.hpp"
#include "pkg/base/json.hpp"
#include "pkg/base/text.hpp"
#include "pkg/registry/http_url.hpp"
#include "pkg/registry/status.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace registry {
namespace {

constexpr std::size_t kMostTokenBytes = std::size_t{1} << 20U;
constexpr std::int64_t kShortestLife = 60;  // seconds, when the server does not say more

const Challenge* find_scheme(const std::vector<Challenge>& challenges, std::string_view scheme) {
  const auto found = std::find_if(challenges.begin(), challenges.end(),
                                  [&](const Challenge& one) { return one.scheme == scheme; });
  return found == challenges.end() ? nullptr : &*found;
}

std::string basic(const Credentials& credentials) {
  return "Basic " + base::base64_encode(credentials.user + ":" + credentials.password);
}

void add_field(std::string& fields, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  if (!fields.empty()) fields += '&';
  fields += std::string(name) + "=" + escape_url(value);
}

}  // namespace

Auth::Auth(Http& http, Who who, Patience patience)
    : http_(http), who_(std::move(who)), patience_(patience) {}

const std::string& Auth::source() const {
  static const std::string kNone;
  return who_.credentials ? who_.credentials->source : kNone;
}

std::string Auth::header() {
  if (bearer_ && std::chrono::steady_clock::now() >= expiry_) fetch_token();
  return header_;
}

bool Auth::answer(const std::vector<Challenge>& challenges, const std::string& sent) {
  if (!header_.empty() && header_ != sent) return true;  // another request has been through this
  if (const Challenge* bearer = find_scheme(challenges, "bearer");
      bearer != nullptr && !bearer->parameter("realm").empty()) {
    const std::string scope = bearer->parameter("scope");
    const bool is_new = std::ranges::find(who_.scopes, scope) == who_.scopes.end();
    if (bearer->parameter("error") == "insufficient_scope" && !scope.empty() && is_new) {
      who_.scopes.push_back(scope);
    }
    bearer_ = *bearer;
    fetch_token();
    return true;
  }
  if (find_scheme(challenges, "basic") == nullptr || !who_.credentials) return false;
  header_ = basic(*who_.credentials);
  return header_ != sent;
}

Request Auth::token_request() const {
  const std::string realm = bearer_->parameter("realm");
  std::string fields;
  add_field(fields, "service", bearer_->parameter("service"));
  Request request = {.url = realm, .authorization = "", .headers = {}, .form = std::nullopt};
  if (who_.credentials && !who_.credentials->identity_token.empty()) {
    add_field(fields, "scope", base::join(who_.scopes, " "));
    add_field(fields, "grant_type", "refresh_token");
    add_field(fields, "client_id", "pod");
    add_field(fields, "refresh_token", who_.credentials->identity_token);
    request.form = fields;
    return request;
  }
  for (const std::string& scope : who_.scopes)
    add_field(fields, "scope", scope);
  if (who_.credentials) {
    add_field(fields, "account", who_.credentials->user);
    request.authorization = basic(*who_.credentials);
  }
  request.url += (realm.find('?') == std::string::npos ? "?" : "&") + fields;
  return request;
}

void Auth::fetch_token() {
  const Request request = token_request();
  const bool is_clear_text = !request.url.starts_with("https://");
  const std::string server = origin_of(request.url);
  try {
    if (is_clear_text && who_.credentials && !who_.is_clear_text_fine) {
      throw base::Error("it would get the credentials without TLS");
    }
    take_token(ask_token_server(request).body);
  } catch (base::Error& error) {
    error.during("token server " + server);
    throw;
  }
}

Answer Auth::ask_token_server(const Request& request) {
  for (int retry = 1;; ++retry) {
    Answer answer = http_.ask(request, kMostTokenBytes);
    const bool is_answer = answer.ending.kind == Ending::Kind::Answered;
    if (is_answer && answer.head.status == 200) return answer;
    const bool is_passing =
        is_answer ? is_transient(answer.head.status) : answer.ending.kind == Ending::Kind::Broken;
    const auto wait = patience_.before(retry, answer.ending.retry_after);
    if (!is_passing || !wait) throw base::Error(describe(answer) + blame(answer.head.status));
    wait_for(http_, *wait);
  }
}

std::string Auth::blame(int status) const {
  if (!who_.credentials || (status != 401 && status != 403)) return "";
  return ": it refused the credentials of " + source();
}

// A parser's message could repeat the token.
void Auth::take_token(const std::string& body) try {
  const base::Json answer = base::Json::parse(body);
  std::string token = answer.string_or("token", "");
  if (token.empty()) token = answer.at("access_token").as_string();
  const bool is_clean =
      std::all_of(token.begin(), token.end(), [](unsigned char c) { return c > ' ' && c < 127; });
  if (token.empty() || !is_clean) throw base::Error("no token");
  header_ = "Bearer " + token;
  // From now on and not from `issued_at`: clocks differ.
  const std::int64_t life =
      std::clamp<std::int64_t>(answer.integer_or("expires_in", 0), kShortestLife, 86'400);
  expiry_ = std::chrono::steady_clock::now() + std::chrono::seconds(life - 5);
} catch (const base::Error&) {
  throw base::Error("its answer holds no token");
}

}  // namespace registry
