#pragma once

#include "pkg/registry/challenge.hpp"
#include "pkg/registry/credentials.hpp"
#include "pkg/registry/http.hpp"
#include "pkg/registry/patience.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace registry {

// The way into one repository: what to say in the Authorization header. Nothing is said before the
// registry asked for it.
class Auth {
 public:
  struct Who {
    std::optional<Credentials> credentials;  // nothing: anonymous
    std::vector<std::string> scopes;         // "repository:library/alpine:pull"
    bool is_clear_text_fine = false;         // a token server without TLS may get the credentials
  };

  Auth(Http& http, Who who, Patience patience);

  // For the next request; "" as long as nothing was asked for.
  std::string header();

  // After status 401 to a request that said `sent`. True when there is something better to say now;
  // may have asked the token server. Throws base::Error when that refuses us.
  bool answer(const std::vector<Challenge>& challenges, const std::string& sent);

  bool is_anonymous() const { return !who_.credentials; }
  const std::string& source() const;  // of the credentials

 private:
  void fetch_token();
  Request token_request() const;
  Answer ask_token_server(const Request& request);
  std::string blame(int status) const;
  void take_token(const std::string& body);

  Http& http_;
  Who who_;
  Patience patience_;
  std::optional<Challenge> bearer_;  // what to show the token server
  std::string header_;
  std::chrono::steady_clock::time_point expiry_ = std::chrono::steady_clock::time_point::max();
};

}  // namespace registry
