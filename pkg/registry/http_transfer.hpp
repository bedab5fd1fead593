#pragma once

#include "pkg/registry/http.hpp"
#include "pkg/registry/http_tls.hpp"
#include "pkg/registry/proxy.hpp"
#include "pkg/sys/fd.hpp"

#include <curl/curl.h>

#include <array>
#include <atomic>
#include <chrono>
#include <exception>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace registry {

// Three of libcurl's handles are plain `void` to C++, so their owners differ by how they end.
template <auto kFree>
struct Free {
  template <typename T>
  void operator()(T* handle) const {
    (void)kFree(handle);
  }
};
template <typename T, auto kFree>
using Owned = std::unique_ptr<T, Free<kFree>>;

using Easy = Owned<CURL, curl_easy_cleanup>;
using Multi = Owned<CURLM, curl_multi_cleanup>;
using Share = Owned<CURLSH, curl_share_cleanup>;
using HeaderList = Owned<curl_slist, curl_slist_free_all>;

class Transfer;

// What the exchanges share.
struct Loop {
  Http::Settings settings;
  sys::Fd bundle;  // of authorities, when they are of several places
  Proxies proxies = Proxies::read();
  std::map<std::string, Server> servers;  // by origin; connections point there
  Share share;
  Multi multi;  // before `share` in the order of farewell
  std::vector<Transfer*> transfers;
  std::atomic<bool> is_woken = false;
  std::exception_ptr failure;

  void join_bundles();
  bool settle() const;
  void offer_again();
  void find_stalls() const;
  // What follows from a failure before `turn` could throw it explains nothing.
  void keep_first(std::exception_ptr thrown);
};

// libcurl calls back into this; what is thrown there must not unwind through libcurl, so it is kept
// for `turn`.
class Transfer : public Exchange {
 public:
  Transfer(Loop& http, Request request, Receiver& receiver);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer() override;

  void finish(CURLcode code);
  void resume();
  void check_stall();

 private:
  void open();
  void set_address();
  void set_trust();
  void set_headers();
  void set_method();
  std::string method_of_this_hop() const;
  void close();
  bool follow();
  void take_header(std::string_view line);
  std::size_t take_body(std::string_view bytes);
  std::size_t give_body(std::span<char> buffer);
  std::chrono::milliseconds patience() const;
  void renew_patience();
  void note_bytes(std::size_t count);
  std::string describe(CURLcode code) const;
  bool lacks_certificate(CURLcode code) const;

  static std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* self);
  static std::size_t on_supply(char* bytes, std::size_t size, std::size_t count, void* self);

  Loop& http_;
  Request request_;
  Receiver& receiver_;
  std::string url_;  // of this hop
  bool is_at_home_ = true;
  Server* server_ = nullptr;  // of this hop
  int hops_ = 0;
  bool is_turned_to_get_ = false;  // by a redirect that means so
  Easy handle_;
  HeaderList headers_;
  std::array<char, CURL_ERROR_SIZE> error_ = {};
  Head head_;
  bool has_begun_ = false;
  bool is_paused_ = false;
  std::chrono::steady_clock::time_point patience_ends_;  // unless bytes move on
};

}  // namespace registry
