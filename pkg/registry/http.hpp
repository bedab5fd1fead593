#pragma once

#include "pkg/registry/certificates.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace registry {

// Where the body of a request comes from that is not there as a whole. Called from within
// Http::turn.
class Supply {
 public:
  virtual ~Supply() = default;
  // Fills the beginning of the buffer; 0 at the end. Nothing: no bytes now, ask again after
  // Http::wake(). What is thrown here comes out of Http::turn.
  virtual std::optional<std::size_t> fill(std::span<char> buffer) = 0;
};

struct Request {
  std::string url;
  std::string authorization;         // stays behind when a redirect leads to another host
  std::vector<std::string> headers;  // "Accept: text/plain"
  std::optional<std::string> form;   // POSTed when there is one
  std::string method = {};           // "": GET, or POST for a form
  std::optional<std::string> body = {};
  Supply* supply = nullptr;  // in place of `body`, of any length; cannot follow a redirect
};

// The beginning of an answer; that of the last one where redirects led elsewhere.
struct Head {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> fields;  // names in lower case
  bool is_elsewhere = false;  // another host answered than the one that was asked

  std::optional<std::string> find(std::string_view name) const;
  std::vector<std::string> find_all(std::string_view name) const;
};

// How an exchange ended.
struct Ending {
  enum class Kind {
    Answered,     // whatever the status
    Unreachable,  // no such host, nobody there
    NotTls,       // somebody is there but does not speak TLS
    Untrusted,    // the certificate is not good enough
    Broken,       // the connection failed on the way, the body was short, or nothing came any more
    Refused,      // we do not go on: a redirect out of TLS, too many redirects, a bad URL
  };
  Kind kind = Kind::Answered;
  std::string message;  // in plain words, unless answered
  std::chrono::seconds retry_after{0};
};

// Is told what arrives. Called from within Http::turn.
class Receiver {
 public:
  virtual ~Receiver() = default;
  virtual void begin(const Head& head) = 0;
  // False: no room now; the same bytes are offered again after Http::wake(). What is thrown here
  // comes out of Http::turn.
  virtual bool accept(std::string_view bytes) = 0;
  virtual void end(const Ending& ending) = 0;
};

// One request under way; given up when this goes.
class Exchange {
 public:
  virtual ~Exchange() = default;
};

struct Answer {
  Head head;
  Ending ending;
  std::string body;
};

// HTTP over TLS or without, many exchanges at once in the loop of whoever calls `turn`. Follows
// redirects itself: never from https to http, and without credentials on other hosts. Bodies are
// taken as they are (no content encodings).
class Http {
 public:
  struct Settings {
    Trust trust;
    std::chrono::milliseconds connect{30'000};
    std::chrono::milliseconds stall{60'000};  // with less than 1 KiB/s: broken
  };

  explicit Http(Settings settings);
  Http(const Http&) = delete;
  Http& operator=(const Http&) = delete;
  ~Http();

  std::unique_ptr<Exchange> start(Request request, Receiver& receiver);
  // Moves all exchanges on; waits for something to happen, but not longer than `wait`.
  void turn(std::chrono::milliseconds wait);
  // From any thread: ends the wait, and bytes that had no room are offered again.
  void wake();

  // Asks and waits for the answer. A body of more than `limit` bytes is a Refused.
  Answer ask(Request request, std::size_t limit);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace registry
