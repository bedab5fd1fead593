#include "pkg/registry/session.hpp"

#include "pkg/base/log.hpp"
#include "pkg/base/text.hpp"
#include "pkg/registry/certificates.hpp"
#include "pkg/registry/challenge.hpp"
#include "pkg/registry/credential_program.hpp"
#include "pkg/registry/http_url.hpp"
#include "pkg/registry/proxy.hpp"
#include "pkg/registry/status.hpp"

#include <utility>

namespace registry {
namespace {

constexpr std::string_view kLogIn = "log in";
constexpr std::string_view kSearch = "search";
constexpr std::string_view kAuthFiles = "containers-auth.json";  // as a helper of its own
constexpr int kMostChallenges = 2;  // one to get in, one for another scope or an expired token

std::string wire_host(const std::string& registry) {
  return registry == "docker.io" ? "registry-1.docker.io" : registry;
}

bool has_port(const std::string& host) {
  const std::size_t colon = host.rfind(':');
  return colon != std::string::npos && host.find(']', colon) == std::string::npos;
}

std::string without_port(const std::string& host) {
  return has_port(host) ? host.substr(0, host.rfind(':')) : host;
}

Http::Settings settings(const home::Home& home, const std::string& registry, const Access& access) {
  Http::Settings made = {.trust = find_trust(home, registry, access.cert_dir),
                         .connect = access.patience.connect,
                         .stall = access.patience.stall};
  made.trust.is_verified = access.tls_verify.value_or(true);
  return made;
}

std::optional<Credentials> credentials(const home::Home& home, const oci::Reference& reference,
                                       const Access& access) {
  if (!access.creds.empty()) {
    Credentials typed = parse_credentials(access.creds);
    if (access.verb == kLogIn) typed.source = "this login";
    return typed;
  }
  const auto find_in_files = [&] {
    return find_credentials(find_auth_files(home, access.auth_file), reference.registry(),
                            reference.repository());
  };
  if (access.credential_helpers.empty()) return find_in_files();
  for (const std::string& helper : access.credential_helpers) {
    auto found = helper == kAuthFiles ? find_in_files()
                                      : ask_credential_program(helper, reference.registry());
    if (found) return found;
  }
  return std::nullopt;
}

std::vector<std::string> scopes(const oci::Reference& reference, const Access& access) {
  if (access.verb == kLogIn) return {};
  if (access.verb == kSearch) return {"registry:catalog:*"};
  const std::string repository = "repository:" + reference.repository();
  std::vector<std::string> all = {repository + (access.is_for_push ? ":pull,push" : ":pull")};
  for (const std::string& other : access.also_read)
    all.push_back("repository:" + other + ":pull");
  return all;
}

std::vector<Challenge> challenges_of(const Head& head) {
  std::vector<Challenge> all;
  for (const std::string& field : head.find_all("www-authenticate")) {
    for (Challenge& one : parse_challenges(field))
      all.push_back(std::move(one));
  }
  return all;
}

}  // namespace

Session::Session(const home::Home& home, const oci::Reference& reference, Access access)
    : access_(std::move(access)),
      registry_(reference.registry()),
      host_(wire_host(registry_)),
      repository_(reference.repository()),
      is_loopback_(is_loopback(without_port(host_))),
      http_(settings(home, registry_, access_)),
      auth_(http_,
            {.credentials = credentials(home, reference, access_),
             .scopes = scopes(reference, access_),
             .is_clear_text_fine = is_loopback_ || !access_.tls_verify.value_or(true)},
            access_.patience) {}

void Session::authorize(Attempt& attempt) {
  attempt.scheme = scheme_;
  try {
    attempt.authorization = auth_.header();
  } catch (const base::Error& error) {
    throw failure(attempt, error.what());
  }
}

Request Session::request(std::string_view path, Attempt& attempt) {
  authorize(attempt);
  return {.url = origin() + "/v2/" + repository_ + std::string(path),
          .authorization = attempt.authorization,
          .headers = {},
          .form = std::nullopt};
}

// A registry behind a proxy that speaks TLS for it often does not know that, and says http.
Request Session::request_at(const std::string& from, const std::string& location,
                            Attempt& attempt) {
  std::string url = resolve_url(from, location);
  if (scheme_ == "https" && url.starts_with("http://" + host_ + "/")) url.insert(4, "s");
  const auto there = parse_url(url);
  const bool is_safe = there && (there->scheme == "https" || scheme_ == "http");
  if (!is_safe || (there->scheme != "https" && there->scheme != "http")) {
    throw failure(attempt, "it leads to " + (there ? origin_of(url) : "what is no address") +
                               ", where we do not go");
  }
  const bool is_at_home = there == parse_url(origin());
  if (is_at_home) authorize(attempt);
  return {.url = std::move(url),
          .authorization = is_at_home ? attempt.authorization : "",
          .headers = {},
          .form = std::nullopt};
}

std::chrono::milliseconds Session::recover(Attempt& attempt, const Answer& answer) {
  const bool is_answer = answer.ending.kind == Ending::Kind::Answered;
  const int status = is_answer ? answer.head.status : 0;
  if (fall_back(attempt, answer.ending)) return std::chrono::milliseconds(0);
  is_reached_ = is_reached_ || is_answer;
  if (status == 401 && !answer.head.is_elsewhere && attempt.challenges++ < kMostChallenges) {
    try {
      if (auth_.answer(challenges_of(answer.head), attempt.authorization)) {
        return std::chrono::milliseconds(0);
      }
    } catch (const base::Error& error) {
      throw failure(attempt, error.what());
    }
  }
  // A refusal by another host is most often a signature of the redirect that has run out.
  const bool is_mishap =
      answer.ending.kind == Ending::Kind::Unreachable || answer.ending.kind == Ending::Kind::NotTls;
  const bool is_passing = is_transient(status) || (status == 403 && answer.head.is_elsewhere) ||
                          answer.ending.kind == Ending::Kind::Broken || (is_mishap && is_reached_);
  const auto wait = access_.patience.before(attempt.failures + 1, answer.ending.retry_after);
  if (!is_passing || !wait) throw failure(attempt, describe(answer) + advice(answer));
  ++attempt.failures;
  base::log::info("{}: again in {} ms", failure(attempt, describe(answer)).what(), wait->count());
  return *wait;
}

// Plain http where the user or the place allows it: the registry is there but speaks no TLS.
bool Session::fall_back(const Attempt& attempt, const Ending& ending) {
  const bool is_insecure = access_.tls_verify == false;
  const bool is_allowed = is_insecure || (is_loopback_ && !access_.tls_verify);
  const bool is_other_port = ending.kind == Ending::Kind::Unreachable && !has_port(host_);
  const bool is_no_tls = ending.kind == Ending::Kind::NotTls || is_other_port;
  // Of requests that went out together the first has found out for all.
  if (is_allowed && is_no_tls && attempt.scheme == "https" && scheme_ == "http") return true;
  if (!is_allowed || !is_no_tls || is_reached_ || scheme_ != "https") return false;
  base::log::info("registry {}: no TLS there, going on over http", registry_);
  scheme_ = "http";
  return true;
}

std::string Session::advice(const Answer& answer) const {
  const std::string login = "log in with `pod login " + registry_ + "`";
  switch (answer.ending.kind) {
    case Ending::Kind::Untrusted:
      return ": put the registry's authority into ~/.config/containers/certs.d/" + registry_ +
             "/ca.crt, or use --tls-verify=false";
    case Ending::Kind::NotTls:
      return ": does it speak TLS? --tls-verify=false also tries http";
    case Ending::Kind::Answered:
      break;
    default:
      return "";
  }
  const int status = answer.head.status;
  if (status == 429 && auth_.is_anonymous()) return ": wait, or " + login;
  if (status != 401 && status != 403) return "";
  if (answer.head.is_elsewhere) return " by the host it redirects to";
  if (access_.verb == kLogIn) return ": wrong user name or password";
  if (auth_.is_anonymous()) return ": " + login;
  return ": the credentials of " + auth_.source() + " do not let in here";
}

template <typename Next>
Answer Session::insist(const Next& next, const Attempt& first,
                       const std::vector<std::string>& headers, std::size_t limit) {
  Attempt attempt = first;
  while (true) {
    Request request = next(attempt);
    request.headers = headers;
    Answer answer = http_.ask(std::move(request), limit);
    if (answer.ending.kind == Ending::Kind::Answered && answer.head.status == 200) {
      note_contact();
      return answer;
    }
    wait_for(http_, recover(attempt, answer));
  }
}

Answer Session::get(std::string_view path, const std::string& object,
                    const std::vector<std::string>& headers, std::size_t limit) {
  return insist([&](Attempt& attempt) { return request(path, attempt); },
                {.object = object, .authorization = ""}, headers, limit);
}

Answer Session::get_at(const std::string& path, const std::string& object,
                       const std::vector<std::string>& headers, std::size_t limit) {
  return insist([&](Attempt& attempt) { return request_at(origin() + "/", path, attempt); },
                {.object = object, .authorization = ""}, headers, limit);
}

base::Error Session::failure(const Attempt& attempt, std::string_view what) const {
  std::string step = access_.verb;
  if (step.empty()) step = access_.is_for_push ? "push" : "pull";
  if (!attempt.object.empty()) step += " " + attempt.object;
  return base::Error("registry " + registry_ + ": " + step + ": " + std::string(what));
}

}  // namespace registry
